package storage_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// A sweep goes past what is held, leaves it, and is no failure for it.
func TestSweepPassesWhatIsHeld(t *testing.T) {
	b := &mem.Bucket{}
	id, err := storage.NewIdentity(false)
	if err != nil {
		t.Fatal(err)
	}
	v, err := storage.NewVault(b, id, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := v.Begin(t.Context(), "owner", nil)
	if err == nil {
		_, err = v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "f", Size: -1, Body: strings.NewReader("content")})
	}
	if err != nil {
		t.Fatal(err)
	}
	var held string
	err = b.List(t.Context(), "sealed/", func(i storage.Info) error { held = i.Key; return nil })
	if err != nil || held == "" {
		t.Fatal(held, err)
	}
	if err := b.SetHold(t.Context(), held, true); err != nil {
		t.Fatal(err)
	}
	if r, err := v.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || r.Abandoned != 1 {
		t.Errorf("got %+v, %v, want the upload given up", r, err)
	}
	if _, err := b.Stat(t.Context(), held); err != nil {
		t.Errorf("what is held: %v", err)
	}
	if err := b.Delete(t.Context(), held); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
}
