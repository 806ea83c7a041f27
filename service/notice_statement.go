package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Statement is the verification statement of a notice: what the act did to
// which record, and where that stands on the ledger. Record is the act's as it
// left it, for who may see it; Touched is Subject's, when that is another, and
// of an objector its objections. Asked is the body to sign, when a signature is
// wanted. Report is all of it but itself, signed by the service (ReportType).
type Statement struct {
	V       int             `json:"v"`
	Kind    string          `json:"kind"`
	Channel string          `json:"channel"`
	Notice  Notice          `json:"notice"`
	Record  json.RawMessage `json:"record,omitempty"`
	Touched json.RawMessage `json:"touched,omitempty"`
	Asked   json.RawMessage `json:"asked,omitempty"`
	// Told is who else was told and why, for institutions only.
	Told []Notified `json:"told,omitempty"`
	// Block holds the act, Head was the newest when this was said.
	Block  Head       `json:"block"`
	Head   LedgerHead `json:"ledger"`
	At     string     `json:"at"`
	Report string     `json:"report,omitempty"`
}

// Notified is a party that was told.
type Notified struct {
	Party  string `json:"party"`
	Reason Reason `json:"reason"`
}

// StatementKind is the kind of a Statement.
const StatementKind = "verification_statement"

// ReasonInstitution: the asker was not told, but sees the record by office.
const ReasonInstitution Reason = "institution"

// Statement answers for a notice to the caller, by the id of its command, and
// to an institution that sees the record.
func (s *Service) Statement(ctx context.Context, c Caller, id string) (Statement, error) {
	if err := c.may(UseNotices, "a verification statement"); err != nil {
		return Statement{}, err
	}
	head, err := s.settled(ctx)
	if err != nil {
		return Statement{}, err
	}
	if s.o.Index.Regressed() != nil {
		return Statement{}, ErrRegressed
	}
	_, e, err := s.o.Index.Command(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Statement{}, noNotice(id)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("looking up %s: %w", id, err)
	}
	st, err := s.stated(ctx, c, e)
	if err != nil {
		return Statement{}, err
	}
	st.Head = LedgerHead{s.info.Kind, head}
	if st.Block, err = s.o.Index.Resolve(ctx, AsOf{Height: &e.Position.Block}); err != nil {
		return Statement{}, fmt.Errorf("reading block %d: %w", e.Position.Block, err)
	}
	st.Report, err = s.report(st)
	return st, err
}

func noNotice(id string) error {
	return pledge.Errorf(pledge.NotFound, "you have no notice %.80s", id)
}

// stated is the statement without its place on the ledger. Who was not told
// learns no more than that of a notice that does not exist.
func (s *Service) stated(ctx context.Context, c Caller, e Event) (Statement, error) {
	list, err := s.noticesOf(ctx, e)
	if err != nil {
		return Statement{}, err
	}
	st := Statement{V: 1, Kind: StatementKind, Channel: s.info.Channel, At: s.stamp()}
	addressed := false
	for _, n := range list {
		if n.To == c.Party {
			st.Notice, addressed = n, true
		}
	}
	office := s.byOffice(c, e)
	if !addressed && !office {
		return Statement{}, noNotice(e.CommandID)
	}
	if office {
		for _, n := range list {
			st.Told = append(st.Told, Notified{n.To, n.Reason})
		}
	}
	if !addressed {
		st.Notice = s.noticeByOffice(c, e)
	}
	return s.withRecords(ctx, c, e, st)
}

// byOffice: an institution that sees the record for its role, not as a party.
func (s *Service) byOffice(c Caller, e Event) bool {
	return c.can(UseStatement) && s.sees(Caller{Roles: c.Roles, Party: c.Party}, e.RecordID, e.Record)
}

func (s *Service) noticeByOffice(c Caller, e Event) Notice {
	return Notice{ID: e.CommandID, Cursor: e.Cursor, To: c.Party, Position: e.Position, Act: e.Act, By: e.By, RecordID: e.RecordID, At: e.At,
		Reason: ReasonInstitution, Subject: e.RecordID, Statement: "/v1/notices/" + e.CommandID + "/statement",
		Why: whyOf(ReasonInstitution, e.Act)}
}

// sides see the record of an act by what they are to it. All others must be
// allowed to: anybody can object to a record, and be named by one.
var sides = []Reason{ReasonOwnRecord, ReasonPledgor, ReasonPledgee, ReasonFormerPledgee, ReasonOwner, ReasonFormerOwner}

func (s *Service) withRecords(ctx context.Context, c Caller, e Event, st Statement) (Statement, error) {
	sc, err := s.sceneOf(ctx, e)
	if err != nil {
		return st, err
	}
	n := st.Notice
	if n.Subject == e.RecordID && slices.Contains(sides, n.Reason) || s.sees(c, e.RecordID, e.Record) {
		st.Record = e.Record
	}
	if n.Reason == ReasonSignature {
		st.Asked = sc.asked
	}
	switch key, ok := keyOf(n.Subject); {
	case n.Reason == ReasonObjector:
		st.Touched, err = sc.objectionsOf(c.Party)
	case ok && n.Subject != e.RecordID:
		st.Touched, _, err = sc.around(key)
	}
	return st, err
}

// objectionsOf are a party's own objections in the record.
func (sc *scene) objectionsOf(party string) (json.RawMessage, error) {
	own := []pledge.Objection{}
	for _, o := range sc.objections() {
		if o.By == party {
			own = append(own, o)
		}
	}
	return json.Marshal(own)
}
