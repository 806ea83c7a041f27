package pledge_test

import (
	"crypto/ed25519"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// BenchmarkVerify puts the check of a command beside the bare signature
// check that it cannot do without, interleaved in one run.
func BenchmarkVerify(b *testing.B) {
	w := newWorld(b)
	jws := w.sign(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: "as_" + strings.Repeat("a", 26), Pledgee: w.bank.uscc, Terms: terms("ranked", "attest", "value", "scan")})
	b.Logf("command of %d bytes", len(jws))
	pub, key := w.owner.ed.Public().(ed25519.PublicKey), w.owner.jwk()
	dot := strings.LastIndexByte(jws, '.')
	sig, err := b64.DecodeString(jws[dot+1:])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("raw ed25519", func(b *testing.B) {
		for b.Loop() {
			if !ed25519.Verify(pub, []byte(jws[:dot]), sig) {
				b.Fatal("bad")
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := pledge.ParseCommand(jws); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parse and verify", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c, err := pledge.ParseCommand(jws)
			if err == nil {
				err = c.Verify(key)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkApplyPropose is the serial part of a batch of 100 proposals on as
// many assets, their signatures verified in advance.
func BenchmarkApplyPropose(b *testing.B) {
	w := newWorld(b)
	const n = 100
	commands := make([]*pledge.Command, n)
	for i := range commands {
		id := w.notarize(w.owner, "asset"+strings.Repeat("i", i+1))
		commands[i] = w.command(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: w.bank.uscc, Terms: terms("ranked", "attest", "value", "scan")})
		if err := commands[i].Verify(w.owner.jwk()); err != nil {
			b.Fatal(err)
		}
	}
	state := w.st.kv
	b.ReportAllocs()
	for b.Loop() {
		st := &layered{under: state, over: map[string][]byte{}}
		rs, err := pledge.Apply(st, w.tx(), commands)
		if err != nil || rs[n-1].Outcome.Status != pledge.Applied {
			b.Fatal(err, rs[n-1].Outcome)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/command")
}

// BenchmarkNotarize is parse, verify and apply of a dataset of 1,000 files.
func BenchmarkNotarize(b *testing.B) {
	w := newWorld(b)
	jws := w.sign(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "large", manyFiles(1000)...))
	b.Logf("command of %d bytes", len(jws))
	b.ReportAllocs()
	for b.Loop() {
		c, err := pledge.ParseCommand(jws)
		if err != nil {
			b.Fatal(err)
		}
		rs, err := pledge.Apply(&layered{under: w.st.kv, over: map[string][]byte{}}, w.tx(), []*pledge.Command{c})
		if err != nil || rs[0].Outcome.Status != pledge.Applied {
			b.Fatal(err, rs[0].Outcome)
		}
	}
}

type layered struct{ under, over map[string][]byte }

func (l *layered) Get(key string) ([]byte, error) {
	if v, ok := l.over[key]; ok {
		return v, nil
	}
	return l.under[key], nil
}

func (l *layered) Put(key string, value []byte) error {
	l.over[key] = value
	return nil
}
