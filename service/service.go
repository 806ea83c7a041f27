package service

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// ErrRegressed: the ledger lacks a block that was seen on it before. Nothing
// that it says now is given out as evidence.
var ErrRegressed = errors.New("the ledger went backwards")

// Signer is a party's key as the use cases need it; *client.Key is one.
type Signer interface {
	KID() string
	Party() string
	Public() json.RawMessage
	Recipient() string
	Sign(act pledge.Act, channel string, body any, now time.Time, nonce []byte) (string, error)
	SignJWS(typ string, payload []byte) (string, error)
}

// EvidenceWriter writes the evidence package 证据包 of a record.
type EvidenceWriter interface {
	Write(ctx context.Context, w io.Writer, recordID string) error
}

// Observer counts what happens. All methods must be cheap and safe for
// concurrent use.
type Observer interface {
	Command(act pledge.Act, status string, code pledge.Code)
	Batch(commands int)
	Uploaded(bytes int64)
}

// Options assemble a Service. Ledger, Index, Vault and Custodian are required.
type Options struct {
	Ledger Ledger
	Index  Index
	Vault  Vault
	// Custodian is the key of the exchange that runs the vault. It signs
	// custody receipts, and the service's reports.
	Custodian Signer
	Evidence  EvidenceWriter
	// Examiner runs the preflight on what is sealed; nil: nobody does, and
	// custody receipts say nothing of it.
	Examiner Examiner
	// TimeStamps, Imprints and Certificates may be nil: then nothing is said of
	// the first two, and certificates are not printed.
	TimeStamps   TimeStamps
	Imprints     Imprints
	Certificates CertificatePrinter
	// Content may be nil: then nobody's content is compared, and answers say so.
	Content ContentIndex
	// Webhooks may be nil: then this replica keeps none.
	Webhooks Webhooks
	// FindingName says what a finding of a preflight is called, by its id; nil:
	// findings are called by their codes.
	FindingName func(finding string) Text
	// PublicURL is where the public reaches the service: "https://host". It
	// stands on certificates.
	PublicURL string
	// Probe says whether the bucket can be reached; nil means that it can.
	Probe func(ctx context.Context) error

	// UploadLife is how long an unsealed upload is kept; 24 h when zero.
	UploadLife time.Duration
	// ReadYourWrites bounds how long Submit waits for the index; 5 s when zero.
	ReadYourWrites time.Duration

	Now      func() time.Time
	Logger   *slog.Logger
	Audit    *slog.Logger
	Observer Observer
}

// Service holds the use cases. It is safe for concurrent use; replicas share
// nothing but the ledger and the bucket.
type Service struct {
	o         Options
	info      LedgerInfo
	examining *turns
}

// New checks the options and makes a Service.
func New(o Options) (*Service, error) {
	if o.Ledger == nil || o.Index == nil || o.Vault == nil || o.Custodian == nil {
		return nil, errors.New("a service needs a ledger, an index, a vault and a custodian's key")
	}
	if o.UploadLife == 0 {
		o.UploadLife = 24 * time.Hour
	}
	if o.ReadYourWrites == 0 {
		o.ReadYourWrites = 5 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Audit == nil {
		o.Audit = slog.New(slog.DiscardHandler)
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	return &Service{o: o, info: o.Ledger.Info(), examining: newTurns()}, nil
}

// Channel is what tokens and commands must be addressed to.
func (s *Service) Channel() string { return s.info.Channel }

func (s *Service) now() time.Time { return s.o.Now().UTC() }

func (s *Service) stamp() string { return s.now().Format(time.RFC3339) }

type nobody struct{}

func (nobody) Command(pledge.Act, string, pledge.Code) {}
func (nobody) Batch(int)                               {}
func (nobody) Uploaded(int64)                          {}
