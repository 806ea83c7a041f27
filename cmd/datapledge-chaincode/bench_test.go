package main

import (
	"crypto/ed25519"
	"fmt"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// BenchmarkInvoke is one transaction of 500 commands on one core; what it is
// measured against is the bare check of one signature of a command's size (a
// notarization carries two).
func BenchmarkInvoke(b *testing.B) {
	const n = 500
	l := newLedger(b)
	c := l.cast
	for _, kind := range []struct {
		name string
		make func(i int) string
	}{
		{"fence", func(i int) string { return c.Fence(c.Enterprise, actors.CommandID(fmt.Sprint(i, ".x"))) }},
		{"enroll", func(i int) string { return c.Enroll(actors.NewActor(i, pledge.RoleEnterprise)) }},
		{"notarize", func(i int) string {
			return c.Notarize(c.Enterprise, actors.NewDataset(c.Own(fmt.Sprint(i)), 1))
		}},
	} {
		args := [][]byte{[]byte("apply")}
		for i := range n {
			args = append(args, []byte(kind.make(i)))
		}
		b.Run(kind.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s := &call{kv: l.kv, at: l.at, args: args}
				if r := l.cc.Invoke(s); r.Status != 200 || len(s.pending) < n {
					b.Fatal(r.Status, r.Message, len(s.pending))
				}
			}
			b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "commands/s")
		})
	}
}

// BenchmarkEd25519 is what BenchmarkInvoke is measured against.
func BenchmarkEd25519(b *testing.B) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	message := make([]byte, 1200)
	signature := ed25519.Sign(key, message)
	for b.Loop() {
		if !ed25519.Verify(key.Public().(ed25519.PublicKey), message, signature) {
			b.Fatal("wrong")
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
}
