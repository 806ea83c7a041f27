package node

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Config says where a node keeps its data and how it serves. Secrets come
// from files that it names, never from the config itself.
type Config struct {
	// Listen is the TCP address. A server that is reachable from elsewhere
	// should have TLS.
	Listen string `json:"listen"`
	// Data is the folder of ledger, bucket, index and keys.
	Data string `json:"data"`
	// Channel names the ledger; commands and tokens are addressed to it.
	Channel string `json:"channel"`
	// PublicURL is where the public reaches the service: "https://host". It
	// stands on certificates; empty: they name no public page.
	PublicURL string `json:"public_url"`

	Ledger Ledger `json:"ledger"`
	Bucket Bucket `json:"bucket"`
	Keys   Keys   `json:"keys"`
	TLS    TLS    `json:"tls"`
	Log    Log    `json:"log"`
	Limits Limits `json:"limits"`

	Checker   Checker   `json:"checker"`
	Preflight Preflight `json:"preflight"`
	// Certificates may be empty: fonts are looked for, and the signing
	// certificate is made.
	Certificates Certificates `json:"certificates"`
	// Imprint may be empty: then nobody else gets the records.
	Imprint Imprint `json:"imprint,omitzero"`

	TimeStamps TimeStamps `json:"time_stamps"`
	// Webhooks may be switched off: another replica delivers notices then.
	Webhooks Webhooks `json:"webhooks"`

	Clocks Clocks `json:"clocks"`

	// Now is the clock that times of the ledger, tokens and deadlines go by;
	// nil means time.Now. No file can set it.
	Now func() time.Time `json:"-"`
}

// now reads the node's clock.
func (c Config) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// Keys name key files. Empty: the ones that the first start makes below
// <data>/keys.
type Keys struct {
	CustodianFile  string `json:"custodian_file"`
	OperatorFile   string `json:"operator_file"`
	PassphraseFile string `json:"passphrase_file"`
}

// TLS serves https when both files are named.
type TLS struct {
	CertFile string `json:"cert_file"`
	KeyFile  string `json:"key_file"`
}

// Log says what is logged. The audit log is a file of its own, or goes with
// the rest when no file is named.
type Log struct {
	Level     string `json:"level"`
	AuditFile string `json:"audit_file"`
}

// Limits bound what callers may take.
type Limits struct {
	// RatePerAddress and RatePerParty are requests per second; negative: no limit.
	RatePerAddress float64 `json:"rate_per_address"`
	RatePerParty   float64 `json:"rate_per_party"`
	// Idle is how long one read or write of a request may wait.
	Idle Duration `json:"idle"`
	// UploadLife is how long an upload may stay unsealed; Sweep how often
	// expired ones are removed.
	UploadLife Duration `json:"upload_life"`
	Sweep      Duration `json:"sweep"`
	// TrustedProxies are networks (CIDR) whose X-Forwarded-For is believed.
	TrustedProxies []string `json:"trusted_proxies"`
}

// Duration is written as text: "24h", "90s".
type Duration time.Duration

// UnmarshalText reads what time.ParseDuration does.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes what UnmarshalText reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Default is the configuration of a trial on one's own machine.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Data: "./datapledge-data", Channel: "pledge",
		Ledger: Ledger{Kind: ledgerSolo},
		Bucket: Bucket{Kind: "dir"},
		Log:    Log{Level: "info"},
		Limits: Limits{RatePerAddress: 500, RatePerParty: 500, Idle: Duration(time.Minute),
			UploadLife: Duration(24 * time.Hour), Sweep: Duration(10 * time.Minute), TrustedProxies: []string{}},
		Certificates: Certificates{FontFiles: []string{}},
		Imprint:      Imprint{Sinks: []Sink{}},
		TimeStamps:   TimeStamps{Every: Duration(5 * time.Second)},
		Clocks:       Clocks{Enabled: true, Interval: Duration(time.Minute)},
		Webhooks:     defaultWebhooks(),
	}
}

// maxConfig bounds a config file, in bytes.
const maxConfig = 1 << 20

// Load reads a config file: strict JSON over the defaults. Relative paths
// are relative to the working directory.
func Load(path string) (Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return Config{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig))
	if err != nil {
		return Config{}, fmt.Errorf("reading %s: %w", path, err)
	}
	c := Default()
	if err := decode(data, &c); err != nil {
		return Config{}, fmt.Errorf("reading %s: %w", path, err)
	}
	if err := c.Check(); err != nil {
		return Config{}, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func decode(data []byte, c *Config) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the configuration")
	}
	return nil
}

var channelName = regexp.MustCompile(`^[a-z][a-z0-9.-]{0,62}$`)

var publicURL = regexp.MustCompile(`^https?://[a-zA-Z0-9.:\[\]-]{1,255}(/[a-zA-Z0-9._~-]+)*$`)

// Check reports every fault at once.
func (c Config) Check() error {
	var faults []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	_, _, err := net.SplitHostPort(c.Listen)
	fault(err != nil, "listen: %q is not host:port", c.Listen)
	fault(c.Data == "", "data: a folder is needed")
	fault(!channelName.MatchString(c.Channel), "channel: %q is not a channel name (a-z, 0-9, . and -)", c.Channel)
	fault(c.PublicURL != "" && !publicURL.MatchString(c.PublicURL), "public_url: %q is not https://host, without a slash at its end", c.PublicURL)
	faults = append(faults, c.Ledger.check(c.Keys)...)
	faults = append(faults, c.Bucket.check()...)
	faults = append(faults, c.Certificates.check()...)
	faults = append(faults, c.Imprint.check()...)
	fault(c.Ledger.Kind == ledgerSolo && c.Imprint.channels() > 0, "imprint.sinks: one of kind fabric needs a ledger of kind fabric: its members compare checkpoints with their own copies")
	faults = append(faults, c.TimeStamps.check()...)
	faults = append(faults, c.Clocks.check()...)
	faults = append(faults, c.Webhooks.check()...)
	fault((c.TLS.CertFile == "") != (c.TLS.KeyFile == ""), "tls: cert_file and key_file go together")
	var level slog.Level
	fault(level.UnmarshalText([]byte(c.Log.Level)) != nil, "log.level: %q is not debug, info, warn or error", c.Log.Level)
	for name, d := range map[string]Duration{"idle": c.Limits.Idle, "upload_life": c.Limits.UploadLife, "sweep": c.Limits.Sweep} {
		fault(time.Duration(d) < time.Second, "limits.%s: at least 1s", name)
	}
	fault(c.Limits.RatePerAddress == 0 || c.Limits.RatePerParty == 0, "limits: a rate of 0 lets nobody in; negative means no limit")
	for _, p := range c.Limits.TrustedProxies {
		_, err := netip.ParsePrefix(p)
		fault(err != nil, "limits.trusted_proxies: %q is not a network (CIDR)", p)
	}
	return errors.Join(faults...)
}

func (c Config) keyFile(name string) string { return filepath.Join(c.Data, "keys", name+".jwk") }
