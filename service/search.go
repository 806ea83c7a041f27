package service

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// maxSearched bounds how many assets one search looks at.
const maxSearched = 2000

// SearchRequest names what is searched: exactly one of the first six. Name is
// that of a party or an asset, or the debtor's in a statutory register; Number
// is of a certificate, a statutory registration, a court's file, or any other
// that a record has. Fingerprint may be the SHA-256 of a single file, too. AsOf
// is a ledger height (decimal) or an RFC 3339 time; empty means now.
type SearchRequest struct {
	AssetID     string `json:"asset_id,omitempty"`
	Party       string `json:"party,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	UploadID    string `json:"upload_id,omitempty"`
	Name        string `json:"name,omitempty"`
	Number      string `json:"number,omitempty"`
	AsOf        string `json:"as_of,omitempty"`
}

// How a search came upon an asset.
const (
	ViaAsset       = "asset"
	ViaKin         = "kin"
	ViaParty       = "party"
	ViaFingerprint = "fingerprint"
	ViaFile        = "file"
	ViaContent     = "content"
	ViaName        = "name"
	ViaNumber      = "number"
)

// Lien is a pledge in force that a search found, and how. Match is the asset's.
type Lien struct {
	Encumbrance
	AssetID string `json:"asset_id"`
	Pledgor string `json:"pledgor"`
	Via     string `json:"via"`
	Match   string `json:"match,omitempty"`
	// Frozen: an order of a court or the regulator stands against the pledge.
	// Objection is the state of what was objected to it, empty when nothing was.
	Frozen    bool   `json:"frozen,omitempty"`
	Objection string `json:"objection,omitempty"`
}

// SearchedAsset is an asset that a search looked at. ExpectedSeq is what
// pledge.register must state for nothing to have come in between. Match is
// EXACT or SIMILAR where the asset is what was asked for, and empty where it
// only shares content with that.
type SearchedAsset struct {
	AssetID     string           `json:"asset_id"`
	Owner       string           `json:"owner"`
	Via         string           `json:"via"`
	Match       string           `json:"match,omitempty"`
	Status      string           `json:"status,omitempty"` // absent of old searches
	ExpectedSeq int64            `json:"expected_seq"`
	Disputed    bool             `json:"disputed"`
	Frozen      bool             `json:"frozen"` // by an order that stands
	Objection   string           `json:"objection,omitempty"`
	Overlaps    []pledge.Overlap `json:"overlaps"`
}

// SearchedAt is the state of the ledger that a search answers for.
type SearchedAt struct {
	Head
	At string `json:"at"`
}

// Search is a numbered search: every lien in force that was found, or that
// there was none. None is said only of a search that is Complete; what a
// bound kept it from looking at stands in Incomplete. Report is the same text, signed by the service.
type Search struct {
	Number     string          `json:"number"`
	Query      SearchRequest   `json:"query"`
	AsOf       SearchedAt      `json:"as_of"`
	Liens      []Lien          `json:"liens"`
	None       bool            `json:"none"`
	Complete   bool            `json:"complete"`
	Incomplete string          `json:"incomplete,omitempty"`
	Assets     []SearchedAsset `json:"assets"`
	// Content is what comparing the content itself showed; nil in searches from
	// before that was done.
	Content *ContentAnswer `json:"content,omitempty"`
	// Matching is how what was asked for compares with what is on the ledger;
	// nil in searches from before names and numbers were compared.
	Matching    *Matching `json:"matching,omitempty"`
	ExpectedSeq *int64    `json:"expected_seq,omitempty"`
	At          string    `json:"at"`
	Proves      string    `json:"proves"`
	Report      string    `json:"report,omitempty"`
}

const provesSearch = "Every pledge in force on this ledger at the stated height on what was searched, on what shares at least half of its bytes, and on " +
	"what shares files with it. It does not show interests that were never registered here, nor the statutory registers. " +
	"本查询证明：截至所示区块高度，本账本上的有效质押。不包括未在本链登记的权利，亦不代替法定登记系统的查询。"

// Search finds the liens on an asset, on a party's assets, or on content.
func (s *Service) Search(ctx context.Context, c Caller, q SearchRequest) (Search, error) {
	r, err := s.search(ctx, c, q)
	s.auditAct(ctx, "search", c, err, "number", r.Number, "asset_id", q.AssetID, "party", q.Party,
		"fingerprint", q.Fingerprint, "upload_id", q.UploadID, "name", q.Name, "searched_number", q.Number, "as_of", q.AsOf)
	return r, err
}

func (s *Service) search(ctx context.Context, c Caller, q SearchRequest) (Search, error) {
	if err := c.may(UseSearch, "search"); err != nil {
		return Search{}, err
	}
	if err := q.check(); err != nil {
		return Search{}, err
	}
	q, m, err := q.canonical()
	if err != nil {
		return Search{}, err
	}
	from, err := s.source(ctx, q)
	if err != nil {
		return Search{}, err
	}
	at, err := s.asOfTime(ctx, q, from)
	if err != nil {
		return Search{}, err
	}
	f, head, err := s.searchIn(ctx, c, q, m, from, at)
	if errors.Is(err, errHolders) {
		if from, err = s.present(ctx); err != nil {
			return Search{}, err
		}
		f, head, err = s.searchIn(ctx, c, q, m, from, at)
	}
	if err != nil {
		return Search{}, err
	}
	if q.AssetID != "" && len(f.assets) == 0 {
		return Search{}, pledge.Errorf(pledge.NotFound, "no asset %s at this height", q.AssetID)
	}
	return s.searched(ctx, q, m, f, head)
}

// asOfTime is when a search is told for: now, or the time of the block in the past.
func (s *Service) asOfTime(ctx context.Context, q SearchRequest, from source) (time.Time, error) {
	if q.AsOf == "" {
		return s.now().Truncate(time.Second), nil
	}
	height := from.(past).head.Height
	at, err := s.o.Index.BlockTime(ctx, height)
	if err != nil {
		err = fmt.Errorf("reading the time of block %d: %w", height, err)
	}
	return at.UTC().Truncate(time.Second), err
}

// errHolders: more assets hold a file than the ledger's record of it names,
// or the index does not list the files of an asset that the ledger has.
var errHolders = errors.New("the ledger does not name all holders of a file")

func (s *Service) searchIn(ctx context.Context, c Caller, q SearchRequest, m *Matching, from source, at time.Time) (f *finding, head Head, err error) {
	start, err := s.start(ctx, c, q, m, from)
	if err != nil {
		return nil, Head{}, err
	}
	list := s.lister(ctx)
	likes, head, err := s.compared(ctx, from, func(v *view, like []Similar) error {
		f = &finding{view: v, listed: list, seen: map[string]bool{}, digests: map[string]bool{}, match: m.Match, at: at}
		if err := start(f); err != nil {
			return err
		}
		if err := f.alike(like); err != nil {
			return err
		}
		return f.lost
	}, func(head Head) (likeness, error) { return s.likeTo(ctx, q, f, head) })
	if err != nil {
		return nil, Head{}, err
	}
	f.tell(likes)
	return f, head, nil
}

// lister reads the files of an asset once, however often a snapshot asks: those
// of all versions that the record knows of, because a lien covers the earlier
// ones too. Empty files are left out: they share nothing.
func (s *Service) lister(ctx context.Context) lister {
	known := map[string][][]pledge.File{}
	return func(a *pledge.Asset) (digests []string, all bool, err error) {
		versions, ok := known[a.ID]
		if !ok {
			if versions, err = s.o.Index.Versions(ctx, a.ID); err != nil && !errors.Is(err, ErrNotFound) {
				return nil, false, fmt.Errorf("listing the files of %s: %w", a.ID, err)
			}
			known[a.ID] = versions
		}
		n := max(1, len(a.Versions))
		if len(versions) < n {
			return nil, false, errHolders
		}
		digests, all = contents(versions[:n])
		return digests, all, nil
	}
}

// contents are the digests of the files of all versions, and whether each
// version lists its files.
func contents(versions [][]pledge.File) (digests []string, all bool) {
	all = true
	for _, files := range versions {
		all = all && len(files) > 0
		for _, f := range files {
			if f.Size > 0 {
				digests = append(digests, f.SHA256)
			}
		}
	}
	return digests, all
}

func (q SearchRequest) check() error {
	named := 0
	for _, v := range []string{q.AssetID, q.Party, q.Fingerprint, q.UploadID, q.Name, q.Number} {
		if v != "" {
			named++
		}
	}
	if named != 1 {
		return pledge.Errorf(pledge.Malformed, "name exactly one of asset_id, party, fingerprint, upload_id, name and number")
	}
	return nil
}

// listed says that only the index lists what is searched.
func (q SearchRequest) listed() bool { return q.Party+q.Name+q.Number != "" }

// source is the ledger itself for a search of the present; the index for the
// past, and for what only the index lists. The index must have caught up
// first: a search that misses the newest block is wrong.
func (s *Service) source(ctx context.Context, q SearchRequest) (source, error) {
	if q.AsOf == "" && !q.listed() {
		return s.o.Ledger, nil
	}
	if q.AsOf != "" {
		head, err := s.resolve(ctx, q.AsOf)
		return newPast(s.o.Index, head), err
	}
	return s.present(ctx)
}

// present is the index, once it shows the ledger's head.
func (s *Service) present(ctx context.Context) (source, error) {
	head, err := s.settled(ctx)
	return newPast(s.o.Index, head), err
}

// settled waits, a bounded time, until the index shows the ledger's head.
func (s *Service) settled(ctx context.Context) (Head, error) {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return Head{}, fmt.Errorf("reading the head: %w", err)
	}
	wait, cancel := context.WithTimeout(ctx, s.o.ReadYourWrites)
	defer cancel()
	if err := s.o.Index.WaitFor(wait, head.Height); err != nil {
		return Head{}, fmt.Errorf("waiting for the index: %w", errors.Join(ErrUnavailable, err))
	}
	return s.o.Index.Resolve(ctx, AsOf{Height: &head.Height})
}

// resolve finds the head that an as_of selects, once the index shows the
// ledger's: one that lags would answer for less than what was asked.
func (s *Service) resolve(ctx context.Context, asOf string) (Head, error) {
	var at AsOf
	var when time.Time
	if height, err := strconv.ParseUint(asOf, 10, 64); err == nil {
		at.Height = &height
	} else if when, err = time.Parse(time.RFC3339, asOf); err == nil {
		at.Time = when.UTC().Format(time.RFC3339Nano)
	} else {
		return Head{}, pledge.Errorf(pledge.Malformed, "as_of must be a height or an RFC 3339 time")
	}
	newest, err := s.settled(ctx)
	if err != nil {
		return Head{}, err
	}
	if at.Height != nil && *at.Height > newest.Height || when.After(s.now()) {
		return Head{}, pledge.Errorf(pledge.Malformed, "as_of %s is in the future: the ledger is at height %d", asOf, newest.Height)
	}
	head, err := s.o.Index.Resolve(ctx, at)
	if errors.Is(err, ErrNotFound) {
		return Head{}, pledge.Errorf(pledge.NotFound, "the ledger has no block as of %s", asOf)
	}
	if err != nil {
		return Head{}, fmt.Errorf("resolving %s: %w", asOf, err)
	}
	return head, nil
}

// start chooses where a search begins. What needs no snapshot (a party's
// assets, an upload's files) is looked up before.
func (s *Service) start(ctx context.Context, c Caller, q SearchRequest, m *Matching, from source) (func(*finding) error, error) {
	switch {
	case q.AssetID != "":
		return func(f *finding) error { return f.add(q.AssetID, ViaAsset) }, nil
	case q.Fingerprint != "":
		hex := hexOf(q.Fingerprint)
		return func(f *finding) error { return f.content(hex, []string{hex}) }, nil
	case q.UploadID != "":
		return s.startUpload(ctx, c, q.UploadID)
	case q.Party == "":
		return s.startNamed(ctx, q, m, from.(past))
	}
	ids, err := s.o.Index.AssetsOf(ctx, q.Party, from.(past).head.Height)
	if err != nil {
		return nil, fmt.Errorf("listing the assets of %s: %w", q.Party, err)
	}
	if len(ids) > maxSearched {
		return nil, pledge.Errorf(pledge.TooLarge, "%s has %d assets, more than %d: search them one by one", q.Party, len(ids), maxSearched)
	}
	return func(f *finding) error { return f.addAll(ids, ViaParty) }, nil
}

func (s *Service) startUpload(ctx context.Context, c Caller, id string) (func(*finding) error, error) {
	u, err := s.ownUpload(ctx, c, id)
	if err != nil {
		return nil, err
	}
	if !u.Closed {
		return nil, pledge.Errorf(pledge.WrongState, "upload %s is not sealed yet", id)
	}
	d, err := s.o.Vault.Seal(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading upload %s: %w", id, refused(err))
	}
	if len(d.Files) > maxSearched {
		return nil, pledge.Errorf(pledge.TooLarge, "upload %s has more than %d files", id, maxSearched)
	}
	sketch, err := s.uploadSketch(ctx, id)
	if err != nil {
		return nil, err
	}
	return func(f *finding) error {
		f.sketch = sketch
		return f.content(hexOf(d.Fingerprint), digests(d.Files))
	}, nil
}

func digests(files []storage.File) []string {
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.SHA256
	}
	return list
}

func (s *Service) searched(ctx context.Context, q SearchRequest, m *Matching, f *finding, head Head) (Search, error) {
	r := Search{Query: q, AsOf: SearchedAt{head, f.at.Format(time.RFC3339)}, Liens: append([]Lien{}, f.liens...), None: len(f.liens) == 0 && f.partial == "",
		Complete: f.partial == "", Incomplete: f.partial,
		Assets: append([]SearchedAsset{}, f.assets...), Content: f.likes, Matching: m, At: s.stamp(), Proves: provesSearch + f.likes.proven()}
	if q.AssetID != "" {
		r.ExpectedSeq = &f.assets[0].ExpectedSeq
	}
	number, err := s.number(r)
	if err != nil {
		return Search{}, err
	}
	r.Number = number
	if r.Report, err = s.report(r); err != nil {
		return r, err
	}
	return r, s.keepSearch(ctx, r)
}

// number names a search by what it says: the same question at the same
// height and second has the same number, another never.
func (s *Service) number(r Search) (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("numbering a search: %w", err)
	}
	sum := sha256.Sum256(append([]byte(s.Channel()+"\n"), text...))
	name := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10])
	return "S-" + s.now().Format("20060102") + "-" + name, nil
}
