package imprint

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Resumed tells what a person's decision made a follower forget.
type Resumed struct {
	// Stopped is why it had stopped, and since when; both empty when it had not.
	Stopped string `json:"stopped,omitempty"`
	Since   string `json:"since,omitempty"`
	// Again is the newest block that it had a receipt for, when it is to begin
	// at block 0 again. The receipts themselves stay.
	Again *service.Head `json:"again,omitempty"`
}

// Resume lets a follower that stopped go on: after people found out which side
// was wrong, and put that right. With again it also forgets how far receipts
// reach, so that an institution that begins anew gets every block. It is
// refused (pledge.Forked) while the ledger contradicts the receipts, and where
// nothing stopped (pledge.WrongState). No follower may run on dir:
// whoever has the ledger open alone can be sure of that.
func Resume(ctx context.Context, ledger Ledger, dir string, again bool) (Resumed, error) {
	if err := Kept(dir); err != nil {
		return Resumed{}, err
	}
	f, err := NewFollower(Options{Ledger: ledger, Sink: nobody{}, Dir: dir})
	if err != nil {
		return Resumed{}, err
	}
	st, have, err := f.store.stopped()
	if err != nil {
		return Resumed{}, err
	}
	if !have && !again {
		return Resumed{}, pledge.Errorf(pledge.WrongState, "this imprint has not stopped")
	}
	if err := f.agrees(ctx, st, have); err != nil {
		return Resumed{}, err
	}
	r := Resumed{Stopped: st.Why, Since: st.At}
	if again {
		r.Again = f.Status(ctx).Delivered
		if err := f.store.forget(fileCheckpoint); err != nil {
			return Resumed{}, err
		}
	}
	return r, f.store.forget(fileStopped)
}

// Kept is nil when a follower keeps its receipts in dir.
func Kept(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, dirReceipts)); err != nil {
		return fmt.Errorf("no imprint is kept in %s: %w", dir, err)
	}
	return nil
}

// agrees compares the ledger with the newest receipt, and with that of the
// block which was in question.
func (f *Follower) agrees(ctx context.Context, st stopped, have bool) error {
	var held []*service.Head
	if d := f.Status(ctx).Delivered; d != nil {
		held = append(held, d)
	}
	if r, err := f.store.of(st.Number); have && err == nil && r.Last == st.Number {
		held = append(held, &service.Head{Height: r.Last, Hash: r.Hash})
	} else if err != nil && !errors.Is(err, service.ErrNotFound) {
		return err
	}
	c := carrier{Follower: f}
	for _, h := range held {
		err := c.compare(ctx, h)
		if fork, less := (*Fork)(nil), (*behind)(nil); errors.As(err, &fork) || errors.As(err, &less) {
			return pledge.Errorf(pledge.Forked, "the ledger contradicts the receipts that are kept: %v", err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forget removes a file, and returns when that survives a crash.
func (s *store) forget(name string) error {
	err := os.Remove(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(s.dir)
}

// nobody is the sink of a follower that only looks at what is kept.
type nobody struct{}

func (nobody) Name() string { return "" }

func (nobody) Last(context.Context) (service.Head, error) { return service.Head{}, service.ErrNotFound }

func (nobody) Deliver(context.Context, []Delivery) ([]Receipt, error) {
	return nil, service.ErrUnavailable
}
