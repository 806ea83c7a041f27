package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// States of a webhook.
const (
	WebhookActive    = "active"
	WebhookSuspended = "suspended"
)

// WebhookRequest says where a party wants its notices and reminders: of the
// given records and acts, ActReminder among them, or of all when none are named.
type WebhookRequest struct {
	URL     string       `json:"url"`
	Records []string     `json:"records,omitempty"`
	Acts    []pledge.Act `json:"acts,omitempty"`
}

// Webhook is a registration and how its deliveries go.
type Webhook struct {
	ID string `json:"webhook_id"`
	WebhookRequest
	Party        string `json:"party"`
	RegisteredBy string `json:"registered_by"` // key id
	Created      string `json:"created"`
	State        string `json:"state"`
	// Cause and Remedy say why it is suspended, and what to do.
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// MissedAfter: while it was suspended, notices after this cursor were not
	// queued. GET /v1/notices lists them.
	MissedAfter string `json:"missed_after,omitempty"`
	Waiting     int    `json:"waiting"`
	Dead        int    `json:"dead"`
	// Key is the public key (JWK) that signs deliveries, KeyID its name there.
	Key   json.RawMessage `json:"key"`
	KeyID string          `json:"keyid"`
	// Since is the newest block at the registration: notices are of later ones.
	Since uint64 `json:"since"`
}

// DeadLetter is a delivery that was given up.
type DeadLetter struct {
	DeliveryID string          `json:"delivery_id"`
	RecordID   string          `json:"record_id"`
	Tries      int             `json:"tries"`
	Cause      string          `json:"cause"`
	At         string          `json:"at"` // when it was given up
	Notice     json.RawMessage `json:"notice"`
}

// Webhooks keeps registrations and delivers. Implementations MUST check the
// target, and answer ErrNotFound for what is another party's.
type Webhooks interface {
	Add(ctx context.Context, w Webhook) (Webhook, error)
	List(ctx context.Context, party string) ([]Webhook, error)
	Remove(ctx context.Context, party, id string) error
	Dead(ctx context.Context, party, id string, p Page) ([]DeadLetter, string, error)
	// Replay queues dead letters again (all when none are named), and wakes a
	// suspended webhook, for which kid answers from now on.
	Replay(ctx context.Context, party, kid, id string, deliveries []string) (int, error)
}

// maxFilter bounds the records and the acts that a webhook names.
const maxFilter = 200

// errNoWebhooks: this replica keeps none.
var errNoWebhooks = fmt.Errorf("webhooks: %w", &Trouble{Cause: "this replica keeps no webhooks", Err: ErrUnavailable,
	Remedy: "ask the one that has them switched on, or read /v1/notices, which each replica answers"})

func (s *Service) webhooks(c Caller) (Webhooks, error) {
	if err := c.may(UseWebhooks, "webhooks"); err != nil {
		return nil, err
	}
	if s.o.Webhooks == nil {
		return nil, errNoWebhooks
	}
	return s.o.Webhooks, nil
}

// AddWebhook registers a target of the caller's for notices from now on.
func (s *Service) AddWebhook(ctx context.Context, c Caller, r WebhookRequest) (Webhook, error) {
	w, err := s.addWebhook(ctx, c, r)
	s.auditAct(ctx, "webhook.add", c, err, "webhook_id", w.ID)
	return w, err
}

func (s *Service) addWebhook(ctx context.Context, c Caller, r WebhookRequest) (Webhook, error) {
	hooks, err := s.webhooks(c)
	if err != nil {
		return Webhook{}, err
	}
	if err := r.check(); err != nil {
		return Webhook{}, err
	}
	head, err := s.settled(ctx)
	if err != nil {
		return Webhook{}, err
	}
	return hooks.Add(ctx, Webhook{WebhookRequest: r, Party: c.Party, RegisteredBy: c.KID, Created: s.stamp(), State: WebhookActive, Since: head.Height})
}

func (r WebhookRequest) check() error {
	if len(r.Records) > maxFilter || len(r.Acts) > maxFilter {
		return pledge.Errorf(pledge.TooLarge, "a webhook names at most %d records and %d acts", maxFilter, maxFilter)
	}
	for _, id := range r.Records {
		if _, ok := keyOf(id); !ok {
			return pledge.Errorf(pledge.Malformed, "records: %.80q is no record id", id)
		}
	}
	for _, a := range r.Acts {
		if a != ActReminder && !slices.Contains(acts, a) {
			return pledge.Errorf(pledge.Malformed, "acts: %.80q is no act", a)
		}
	}
	return nil
}

// ListWebhooks lists the caller's.
func (s *Service) ListWebhooks(ctx context.Context, c Caller) ([]Webhook, error) {
	hooks, err := s.webhooks(c)
	if err != nil {
		return nil, err
	}
	return hooks.List(ctx, c.Party)
}

// RemoveWebhook ends one of the caller's; what was not delivered is dropped.
func (s *Service) RemoveWebhook(ctx context.Context, c Caller, id string) error {
	hooks, err := s.webhooks(c)
	if err == nil {
		err = noWebhook(id, hooks.Remove(ctx, c.Party, id))
	}
	s.auditAct(ctx, "webhook.remove", c, err, "webhook_id", id)
	return err
}

// DeadLetters lists deliveries that were given up, oldest first.
func (s *Service) DeadLetters(ctx context.Context, c Caller, id string, p Page) ([]DeadLetter, string, error) {
	hooks, err := s.webhooks(c)
	if err != nil {
		return nil, "", err
	}
	list, next, err := hooks.Dead(ctx, c.Party, id, p)
	return list, next, noWebhook(id, err)
}

// ReplayWebhook queues dead letters again, and wakes a suspended webhook.
func (s *Service) ReplayWebhook(ctx context.Context, c Caller, id string, deliveries []string) (n int, err error) {
	hooks, err := s.webhooks(c)
	if err == nil {
		n, err = hooks.Replay(ctx, c.Party, c.KID, id, deliveries)
	}
	err = noWebhook(id, err)
	s.auditAct(ctx, "webhook.replay", c, err, "webhook_id", id, "deliveries", n)
	return n, err
}

func noWebhook(id string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return pledge.Errorf(pledge.NotFound, "you have no webhook %.80s", id)
	}
	return err
}

// Speaks says whether a key still speaks for a party, as far as the index is.
func (s *Service) Speaks(ctx context.Context, party, kid string) (bool, error) {
	head, err := s.o.Index.Head(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the index: %w", err)
	}
	r, err := s.o.Index.Record(ctx, pledge.KeyParty(party), head.Height)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading %s: %w", party, err)
	}
	p, err := decoded(r.Record, party, pledge.DecodeParty)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(p.Keys, func(k pledge.PartyKey) bool { return k.KID == kid && k.Revoked == nil }), nil
}
