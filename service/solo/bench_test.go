package solo_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// BenchmarkSolo is PERFORMANCE.md row 8: signed commands that are durable,
// beside the bare signature check on all cores.
func BenchmarkSolo(b *testing.B) {
	c := actors.NewCast("pledge")
	l := opener(filepath.Join(b.TempDir(), "ledger.db"), c.Genesis())(nil)
	defer l.Close()
	if out, err := l.Submit(b.Context(), []string{c.Enroll(c.Enterprise)}); err != nil || out[0].Status != pledge.Applied {
		b.Fatalf("%+v, %v", out, err)
	}
	commands := make([]string, b.N)
	var signing sync.WaitGroup
	for w := range 2 {
		signing.Go(func() {
			for i := w; i < b.N; i += 2 {
				commands[i] = c.Notarize(c.Enterprise, actors.NewDataset(c.Own(fmt.Sprint(b.N, i)), 1))
			}
		})
	}
	signing.Wait()
	b.ResetTimer()
	submitAll(b, l.Submit, commands)
}

func submitAll(b *testing.B, submit func(context.Context, []string) ([]pledge.Outcome, error), commands []string) {
	const callers, atOnce = 16, 100
	work := make(chan []string)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for some := range work {
				out, err := submit(b.Context(), some)
				if err != nil {
					b.Error(err)
				}
				for _, o := range out {
					if o.Status != pledge.Applied {
						b.Errorf("%+v", o)
					}
				}
			}
		})
	}
	for len(commands) > 0 {
		n := min(atOnce, len(commands))
		work <- commands[:n]
		commands = commands[n:]
	}
	close(work)
	all.Wait()
}

// BenchmarkEd25519 is what BenchmarkSolo is measured against.
func BenchmarkEd25519(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	message := make([]byte, 1200)
	signature := ed25519.Sign(key, message)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if !ed25519.Verify(key.Public().(ed25519.PublicKey), message, signature) {
				b.Error("wrong")
			}
		}
	})
}
