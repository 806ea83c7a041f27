package service

import (
	"context"
	"encoding/json"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Page asks for one page of a list: at most Limit items after Cursor, which
// is opaque and comes from the page before. An empty Cursor starts.
type Page struct {
	Limit  int
	Cursor string
}

// AssetQuery narrows a list of assets; empty fields match all. Text is found
// inside names. Visible, when set, is the party whose own assets are listed.
type AssetQuery struct {
	Owner, Status, Text string
	Page
}

// PledgeQuery narrows a list of pledges; Involved matches pledgor or pledgee.
type PledgeQuery struct {
	Asset, Pledgor, Pledgee, Status, Involved string
	Page
}

// Revision is a record as one command left it.
type Revision struct {
	Position  pledge.Position `json:"position"`
	CommandID string          `json:"command_id"`
	Act       pledge.Act      `json:"act"`
	By        string          `json:"by"`
	At        string          `json:"at"`
	Record    json.RawMessage `json:"record"`
}

// Event is a committed command, in ledger order. Cursor resumes after it. The
// commands of a closing come right behind it, each by itself and at its
// position: there is no state in between, so all of them show their record as
// the closing left it.
type Event struct {
	Cursor    string          `json:"cursor"`
	Position  pledge.Position `json:"position"`
	Act       pledge.Act      `json:"act"`
	By        string          `json:"by"`
	RecordID  string          `json:"record_id"`
	CommandID string          `json:"command_id"`
	At        string          `json:"at"`
	Record    json.RawMessage `json:"record,omitempty"`
}

// AsOf selects a past state by ledger height, or by time (RFC 3339; the last
// block not after it). The zero value means now.
type AsOf struct {
	Height *uint64
	Time   string
}

// Regression says that a ledger went backwards: Lost, the newest block that
// the read model had seen, was no longer on it. Found is the ledger's newest
// block (or, when Forked, the other block that stands in the place of Lost).
// Evidence from such a ledger is not to be given out.
type Regression struct {
	Lost   Head `json:"lost"`
	Found  Head `json:"found"`
	Forked bool `json:"forked"`
}

// Spelled is a name or a number as it stands in a record, as of some height.
// Member is where: "name", "registration_certificate.number". Former: it stood
// there before, and the record says something else now.
type Spelled struct {
	Key    string
	Member string
	Text   string
	Former bool
}

// ClockQuery narrows a list of clocks. With Ripe it lists those that are ripe at
// that time, by when they were; else those that end after After and up to Until,
// by when they end. Party, when set, is pledgor (or owner) or pledgee.
type ClockQuery struct {
	Ripe, After, Until time.Time
	Party              string
	Page
}

// Clock is a clock of a record in force, as of the newest block.
type Clock struct {
	pledge.Clock
	RecordID, AssetID, Pledgor, Pledgee string
}

// Index is the read model: lists, searches and history, projected from
// committed blocks. It is disposable: the ledger is the only truth.
type Index interface {
	// Head is the newest block that was projected.
	Head(ctx context.Context) (Head, error)
	// Regressed is not nil when the ledger went backwards since the read model
	// was first built, until the very block that was lost is back on it.
	Regressed() *Regression
	// WaitFor returns when block height is projected, or with ctx's error.
	WaitFor(ctx context.Context, height uint64) error
	// Resolve turns an AsOf into the head it selects. ErrNotFound beyond the end.
	Resolve(ctx context.Context, at AsOf) (Head, error)
	// BlockTime returns the time of a block as the ledger states it. ErrNotFound.
	BlockTime(ctx context.Context, height uint64) (time.Time, error)
	// Record returns a record (key from pledge.KeyAsset and the like) as of a
	// height, and ErrNotFound when it was not there then. Commands and file
	// digests are not kept as records: see Command and Holders.
	Record(ctx context.Context, key string, height uint64) (Revision, error)
	// History lists the revisions of a record, oldest first.
	History(ctx context.Context, key string, p Page) ([]Revision, string, error)
	Assets(ctx context.Context, q AssetQuery) ([]json.RawMessage, string, error)
	Pledges(ctx context.Context, q PledgeQuery) ([]json.RawMessage, string, error)
	// PledgesOf lists every pledge on the given assets, as of a height.
	PledgesOf(ctx context.Context, assets []string, height uint64) ([]pledge.Pledge, error)
	// AssetsOf lists the ids of a party's assets, as of a height.
	AssetsOf(ctx context.Context, owner string, height uint64) ([]string, error)
	// AssetsBySM3 lists the ids of the assets with an SM3 fingerprint
	// (sm3:<hex>), in ledger order and as of a height.
	AssetsBySM3(ctx context.Context, fingerprint string, height uint64) ([]string, error)
	// Named lists where a name stands that is like the text after both were
	// Folded (of a party, of an asset, or of the debtor of a statutory
	// registration), and Numbered where a number does (members called number,
	// or …_number, or …_no, at any depth): as of a height, by when it came to
	// stand there, at most limit.
	Named(ctx context.Context, text string, height uint64, limit int) ([]Spelled, error)
	Numbered(ctx context.Context, text string, height uint64, limit int) ([]Spelled, error)
	// Command returns what is known of a command id. ErrNotFound.
	Command(ctx context.Context, id string) (pledge.Outcome, Event, error)
	// CommandJWS returns the signed command itself.
	CommandJWS(ctx context.Context, id string) (string, error)
	// Files lists the files of an asset's newest version as the command that
	// brought it named them; Versions those of each version, the first one first.
	// None are listed of a version that named their root instead.
	Files(ctx context.Context, asset string) ([]pledge.File, error)
	Versions(ctx context.Context, asset string) ([][]pledge.File, error)
	// Holders lists the assets that hold a file, by the lowercase hex SHA-256
	// of its content, in ledger order and as of a height: all of them, also
	// beyond the number that the ledger's own record names.
	Holders(ctx context.Context, sha256 string, height uint64, p Page) ([]pledge.Holder, string, error)
	// Clocks lists terms that run.
	Clocks(ctx context.Context, q ClockQuery) ([]Clock, string, error)
	// Events lists committed commands after a cursor, oldest first.
	Events(ctx context.Context, p Page) ([]Event, error)
}
