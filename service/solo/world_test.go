package solo

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// world is a ledger with small limits, so that a short test goes through
// all of its layers.
type world struct {
	*actors.Cast
	options Options
}

var small = limits{commands: 20, bytes: 1 << 20, flush: 40, step: 4, values: 8 << 10}

func newWorld(t *testing.T) *world {
	seed := sha256.Sum256([]byte("operator"))
	w := &world{Cast: actors.NewCast("pledge")}
	w.options = Options{Path: filepath.Join(t.TempDir(), "ledger.db"), Genesis: w.Genesis(), limits: small,
		Operator: NewOperator(ed25519.NewKeyFromSeed(seed[:])), Logger: slog.New(slog.DiscardHandler)}
	return w
}

func (w *world) open(t *testing.T) *Ledger {
	t.Helper()
	l, err := Open(w.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// at is the same world with its ledger in another file.
func (w *world) at(path string) *world {
	o := w.options
	o.Path = path
	return &world{Cast: w.Cast, options: o}
}

func (w *world) notarize(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = w.Notarize(w.Enterprise, actors.NewDataset(w.Own(fmt.Sprint(w.Fence(w.Enterprise, actors.Digest("x")), i)), 1))
	}
	return out
}

func (w *world) apply(t *testing.T, l *Ledger, commands ...string) []pledge.Outcome {
	t.Helper()
	out, err := l.Submit(t.Context(), commands)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.Status != pledge.Applied || o.Duplicate {
			t.Fatalf("%+v", o)
		}
	}
	return out
}

// fill makes some history: many blocks, some of them large, some state in
// the file and some not.
func (w *world) fill(t *testing.T, l *Ledger) {
	t.Helper()
	w.apply(t, l, w.Enroll(w.Enterprise), w.Enroll(w.Bank2))
	w.apply(t, l, w.Notarize(w.Enterprise, actors.NewDataset(w.Own("large"), 300)))
	for range 2 {
		w.apply(t, l, w.notarize(45)...)
		commands, _, _, _ := w.Story(w.Own(fmt.Sprint("story", l.head.Height)), w.Enterprise, w.Bank2)
		w.apply(t, l, commands...)
	}
}

// dump is all that a reader can see, as one digest.
func dump(t *testing.T, l *Ledger) (string, error) {
	t.Helper()
	sum := sha256.New()
	keys := map[string]bool{}
	err := l.Follow(t.Context(), 0, func(b service.Block) error {
		raw, err := json.Marshal(b)
		if err != nil {
			return err
		}
		sum.Write(raw)
		for _, w := range b.Genesis {
			keys[w.Key] = true
		}
		for _, c := range b.Commands {
			for _, w := range c.Writes {
				keys[w.Key] = true
			}
		}
		if b.Number == l.head.Height {
			return errSeen
		}
		return nil
	})
	if !errors.Is(err, errSeen) {
		return "", err
	}
	all := make([]string, 0, len(keys))
	for k := range keys {
		all = append(all, k)
	}
	values, _, err := l.Get(t.Context(), all...)
	if err != nil {
		return "", err
	}
	var xor digest // whatever the order of the keys
	for i, k := range all {
		one := sha256.Sum256(bytes.Join([][]byte{[]byte(k), values[i]}, []byte{0}))
		for j := range xor {
			xor[j] ^= one[j]
		}
	}
	return fmt.Sprintf("%x %x", sum.Sum(nil), xor), nil
}

var errSeen = errors.New("seen")
