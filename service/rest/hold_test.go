package rest_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/storage"
)

// keeping runs the holds until the test stops it, with a tick at will.
type keeping struct {
	s    *stack
	tick chan time.Time
	stop func()
}

func (s *stack) keepHolds() *keeping {
	ctx, cancel := context.WithCancel(context.Background())
	k := &keeping{s: s, tick: make(chan time.Time)}
	var running sync.WaitGroup
	running.Go(func() { s.svc.RunHolds(ctx, k.tick) })
	k.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	s.t.Cleanup(k.stop)
	return k
}

// held is which of the datasets' objects are held: all, some or none.
func (s *stack) held(d service.Sealed) string {
	s.t.Helper()
	ctx := context.Background()
	on, off := 0, 0
	for _, prefix := range []string{"datasets/" + strings.TrimPrefix(d.Fingerprint, "sha256:"), "sealed/" + d.UploadID} {
		err := s.bucket.List(ctx, prefix, func(i storage.Info) error {
			held, err := s.bucket.Held(ctx, i.Key)
			if held {
				on++
			} else {
				off++
			}
			return err
		})
		if err != nil {
			s.t.Fatal(err)
		}
	}
	switch {
	case on > 0 && off <= 1: // the owner's key envelope may go
		return "all"
	case on > 0:
		return "some"
	}
	return "none"
}

// becomes waits for a hold to follow the ledger.
func (s *stack) becomes(d service.Sealed, want string) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); s.held(d) != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("%s is held, want %s", s.held(d), want)
		}
	}
}

func (s *stack) register(p pledge.Pledge, asset string) {
	s.t.Helper()
	found := s.search("bank", service.SearchRequest{AssetID: asset})
	as_[pledge.Outcome](s.post("/v1/pledges/"+p.ID+"/custody-check", "bank", map[string]string{"depth": "sample"}))
	s.command("bank", pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: *found.ExpectedSeq})
}

func (s *stack) release(p pledge.Pledge) {
	s.t.Helper()
	s.command("bank", pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: "PAID"})
}

// Content is held while a pledge is in force: not for a proposal, not longer,
// and nobody else's.
func TestHoldFollowsThePledge(t *testing.T) {
	s := newStack(t)
	k := s.keepHolds()
	asset, d := s.notarize("enterprise", "pledged", map[string]string{"a": "pledged"})
	_, other := s.notarize("enterprise", "other", map[string]string{"a": "other"})
	p := s.pending("enterprise", "bank", asset)
	if got := s.held(d); got != "none" {
		t.Errorf("%s is held for a proposal", got)
	}
	s.register(p, asset)
	s.becomes(d, "all")
	if got := s.held(other); got != "none" {
		t.Errorf("%s of the other dataset is held", got)
	}
	s.release(p)
	s.becomes(d, "none")
	k.stop()

	// What happened while nobody looked is found at the start.
	p = s.pending("enterprise", "bank", asset)
	s.register(p, asset)
	if got := s.held(d); got != "none" {
		t.Fatalf("%s is held, and nobody looks", got)
	}
	k = s.keepHolds()
	s.becomes(d, "all")
	k.stop()
	s.release(p)
	s.keepHolds()
	s.becomes(d, "none")
}

// Faults of the bucket hold up no command, are logged, and tried again.
func TestHoldIsTriedAgain(t *testing.T) {
	s := newStack(t)
	asset, d := s.notarize("enterprise", "pledged", map[string]string{"a": "pledged"})
	p := s.pending("enterprise", "bank", asset)
	s.register(p, asset)
	s.bucket.fail(errors.New("the store is down"))
	k := s.keepHolds()
	for end := time.Now().Add(time.Minute); !strings.Contains(s.logs.String(), "holds are not as the ledger says"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing is logged")
		}
	}
	s.bucket.fail(nil)
	for end := time.Now().Add(time.Minute); s.held(d) != "all" && time.Now().Before(end); {
		select {
		case k.tick <- time.Now():
		case <-time.After(10 * time.Millisecond):
		}
	}
	s.becomes(d, "all")
}

// What the ledger does not know stays held: it may be the wrong ledger.
func TestHoldOfUnknownStays(t *testing.T) {
	s := newStack(t)
	d := s.seal("enterprise", map[string]string{"a": "never notarized"})
	if err := s.vault.Hold(t.Context(), d.Fingerprint, d.Receipt.Owner, true); err != nil {
		t.Fatal(err)
	}
	if err := s.svc.Hold(t.Context(), d.Fingerprint, d.Receipt.Owner); err != nil {
		t.Fatal(err)
	}
	if got := s.held(d); got != "all" {
		t.Errorf("%s is held", got)
	}
}

// racing lets another replica register and hold in the middle of letting go.
type racing struct {
	service.Vault
	once      sync.Once
	meanwhile func()
	calls     []bool
}

func (r *racing) Hold(ctx context.Context, fingerprint, owner string, on bool) error {
	r.calls = append(r.calls, on)
	r.once.Do(r.meanwhile)
	return r.Vault.Hold(ctx, fingerprint, owner, on)
}

func TestLettingGoLooksAgain(t *testing.T) {
	s := newStack(t)
	asset, d := s.notarize("enterprise", "pledged", map[string]string{"a": "pledged"})
	owner := d.Receipt.Owner
	vault := &racing{Vault: s.vault, meanwhile: func() {
		s.register(s.pending("enterprise", "bank", asset), asset)
		if err := s.vault.Hold(t.Context(), d.Fingerprint, owner, true); err != nil {
			t.Fatal(err)
		}
	}}
	slow := must(service.New(service.Options{Ledger: s.ledger, Index: s.index, Vault: vault, Custodian: s.keys["exchange"]}))(t)
	if err := slow.Hold(t.Context(), d.Fingerprint, owner); err != nil {
		t.Fatal(err)
	}
	if got := s.held(d); got != "all" || !slices.Equal(vault.calls, []bool{false, true}) {
		t.Errorf("%s is held after %v", got, vault.calls)
	}
}

func (f *flaky) SetHold(ctx context.Context, key string, on bool) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.Bucket.(storage.Holder).SetHold(ctx, key, on)
}

func (f *flaky) Held(ctx context.Context, key string) (bool, error) {
	return f.Bucket.(storage.Holder).Held(ctx, key)
}
