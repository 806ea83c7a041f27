package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

var batched = &peer.ChaincodeAdditionalParams{UseWriteBatch: true, MaxSizeWriteBatch: 1000, UseGetMultipleKeys: true, MaxSizeGetMultipleKeys: 1000}

// TestOverTheWire: a batch costs few messages with a peer that offers that,
// and comes to the same with one that does not.
func TestOverTheWire(t *testing.T) {
	p := startProcess(t)
	const n = 300
	args := []string{"apply"}
	for i := range n {
		args = append(args, p.cast.Enroll(actors.NewActor(i, pledge.RoleEnterprise)))
	}
	var answers [][]byte
	var states []map[string][]byte
	for _, params := range []*peer.ChaincodeAdditionalParams{batched, {}} {
		f, err := p.connect(t, p.tls(t, p.ca.leaf(t)), params)
		if err != nil {
			t.Fatal(err)
		}
		f.genesis(p.cast)
		r := f.invoke("tx", args...)
		if r.Status != 200 || len(f.writes) != 2*n {
			t.Fatalf("%d %s, %d writes", r.Status, r.Message, len(f.writes))
		}
		t.Log(f.asked)
		sum := 0
		for _, times := range f.asked {
			sum += times
		}
		if many := 2*n+1+2*n == sum; many == params.UseWriteBatch || !many && sum != 4 {
			t.Errorf("batches offered: %v; messages: %v", params.UseWriteBatch, f.asked)
		}
		answers, states = append(answers, r.Payload), append(states, f.kv)
	}
	if !bytes.Equal(answers[0], answers[1]) || !maps.EqualFunc(states[0], states[1], bytes.Equal) {
		t.Error("the two peers came to different results")
	}
}

// genesis starts the channel.
func (f *fabricPeer) genesis(cast *actors.Cast) {
	f.t.Helper()
	raw, err := pledge.CanonicalJSON(cast.Genesis())
	if err != nil {
		f.t.Fatal(err)
	}
	if r := f.invoke("genesis", "genesis", string(raw)); r.Status != 200 || len(f.writes) != 7 {
		f.t.Fatalf("%d %s, %d writes", r.Status, r.Message, len(f.writes))
	}
}

// TestStrangers: whoever connects tells the rules what the state is.
func TestStrangers(t *testing.T) {
	p := startProcess(t)
	other := newAuthority(t)
	for name, creds := range map[string]credentials.TransportCredentials{
		"no certificate": p.tls(t), "another CA's": p.tls(t, other.leaf(t)), "no TLS": insecure.NewCredentials(),
	} {
		if _, err := p.connect(t, creds, batched); err == nil {
			t.Errorf("%s was let in", name)
		}
	}
	if _, err := p.connect(t, p.tls(t, p.ca.leaf(t)), batched); err != nil {
		t.Errorf("the peer was not: %v", err)
	}
}

func TestInsecureHasToBeSaid(t *testing.T) {
	o := options{insecure: true}
	if opts, err := transport(o); err != nil || opts != nil {
		t.Errorf("%v, %v", opts, err)
	}
}

// TestOrderlyEnd: the call under way is answered, a later one is turned away.
func TestOrderlyEnd(t *testing.T) {
	p := startProcess(t)
	f, err := p.connect(t, p.tls(t, p.ca.leaf(t)), batched)
	if err != nil {
		t.Fatal(err)
	}
	f.genesis(p.cast)
	f.before = p.cancel
	if r := f.invoke("tx", "apply", p.cast.Enroll(p.cast.Enterprise)); r.Status != 200 {
		t.Errorf("%d %s", r.Status, r.Message)
	}
	if err := <-p.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := p.connect(t, p.tls(t, p.ca.leaf(t)), batched); err == nil {
		t.Error("it still answers")
	}
}

func TestDrained(t *testing.T) {
	d := &drain{}
	d.finish(0)
	if r := d.Invoke(nil); r.Status != 500 || r.Message == "" {
		t.Errorf("got %v", r)
	}
}

func TestCommandLine(t *testing.T) {
	good := []string{"-address", "127.0.0.1:9999", "-id", "a:b", "-genesis", "g", "-version", "v"}
	tls := []string{"-tls-cert", "c", "-tls-key", "k", "-client-ca", "a"}
	own := []string{"-peer", "127.0.0.1:7051", "-peer-ca", "p", "-msp-id", "CourtMSP", "-msp-cert", "m", "-msp-key", "n"}
	for _, c := range []struct {
		args []string
		want string
	}{
		{slices.Concat(good, tls), ""},
		{slices.Concat(good, []string{"-insecure"}), ""},
		{good, "-tls-cert is missing\n-tls-key is missing\n-client-ca is missing"},
		{slices.Concat(good, tls[:4]), "-client-ca is missing"},
		{slices.Concat(good, tls, []string{"-insecure"}), "-insecure goes without"},
		{slices.Concat(good, tls, []string{"x"}), `unexpected argument "x"`},
		{slices.Concat(good, tls, []string{"-adress", "x"}), "flag provided but not defined: -adress"},
		{slices.Concat(good, tls, []string{"-address", "9999"}), "-address: "},
		{slices.Concat(good, tls, []string{"-id", ""}), "-id is missing"},
		{slices.Concat(good, tls, []string{"-version", ""}), "-version is missing"},
		{slices.Concat(good, tls, own), ""},
		{slices.Concat(good, tls, own[:8]), "-msp-key is missing"},
		{slices.Concat(good, tls, own[2:]), "-peer is missing"},
		{slices.Concat(good, tls, own, []string{"-peer", "7051"}), "-peer: "},
		{nil, "-address is missing\n-id is missing\n-genesis is missing\n-tls-cert"},
	} {
		_, err := parseOptions(c.args)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.args, err, c.want)
		}
	}
}

// TestBadFiles: each is named with its flag.
func TestBadFiles(t *testing.T) {
	a := newAuthority(t)
	cast := actors.NewCast(channel)
	for flag, break_ := range map[string]func(*options){
		"-genesis":   func(o *options) { o.genesis = "nowhere" },
		"-genesis ":  func(o *options) { o.genesis = o.cert },
		"-genesis  ": func(o *options) { must(os.WriteFile(o.genesis, []byte("{}"), 0o600)) },
		"-tls-cert":  func(o *options) { o.cert = o.key },
		"-tls-key":   func(o *options) { o.key = "nowhere" },
		"-client-ca": func(o *options) { o.clientCA = "nowhere" },
		"-client-ca ": func(o *options) {
			o.clientCA = o.key
		},
		"listening": func(o *options) { o.address = "192.0.2.1:1" },
	} {
		o := a.options(t, cast)
		break_(&o)
		err := serve(t.Context(), o, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(flag)) {
			t.Errorf("%q: got %v", flag, err)
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func TestRun(t *testing.T) {
	var out, fault bytes.Buffer
	if code := run([]string{"-help"}, &out, &fault); code != 0 || !strings.Contains(out.String(), "EXIT STATUS") || fault.Len() > 0 {
		t.Errorf("%d: %s%s", code, out.String(), fault.String())
	}
	if code := run([]string{"-x"}, &out, &fault); code != 2 || !strings.Contains(fault.String(), "hint: see datapledge-chaincode -help") {
		t.Errorf("%d: %s", code, fault.String())
	}
	fault.Reset()
	args := []string{"-address", "127.0.0.1:0", "-id", "a:b", "-genesis", "nowhere", "-insecure"}
	if code := run(args, &out, &fault); code != 1 || !strings.HasPrefix(fault.String(), `{"time":`) || !strings.Contains(fault.String(), "nowhere") {
		t.Errorf("%d: %s", code, fault.String())
	}
}

// TestHelpNamesEveryFlag, and no other.
func TestHelpNamesEveryFlag(t *testing.T) {
	for _, name := range []string{"address", "id", "genesis", "tls-cert", "tls-key", "client-ca", "insecure", "version", "peer", "peer-ca", "msp-id", "msp-cert", "msp-key"} {
		if !strings.Contains(help, fmt.Sprintf("\n  -%s ", name)) {
			t.Errorf("-%s is not in the help", name)
		}
	}
	if n := strings.Count(help, "\n  -"); n != 13 {
		t.Errorf("the help explains %d flags", n)
	}
}
