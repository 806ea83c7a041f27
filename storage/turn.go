package storage

import (
	"context"
	"fmt"
	"io"
)

// turn is a request's hold on one file of an upload. The newest request has
// it: the one before is most often a connection that broke without a word,
// and its sender is back to go on. Between replicas the records that each
// part creates decide.
type turn struct {
	cancel context.CancelCauseFunc
	done   chan struct{}
}

// takeTurn ends the request that writes the file now, waits until it has let
// go, and returns the context to write under. ErrBusy when a newer request
// has come meanwhile.
func (v *Vault) takeTurn(ctx context.Context, id, path string) (context.Context, func(), error) {
	ctx, cancel := context.WithCancelCause(ctx)
	key, mine := id+"/"+path, &turn{cancel, make(chan struct{})}
	before, _ := v.writing.Swap(key, mine)
	end := func() {
		v.writing.CompareAndDelete(key, mine)
		close(mine.done)
		cancel(nil)
	}
	if before, ok := before.(*turn); ok {
		before.cancel(fmt.Errorf("%q: %w", path, ErrBusy))
		<-before.done // soon: nothing it does outlasts its context
	}
	if ctx.Err() != nil {
		err := context.Cause(ctx)
		end()
		return nil, nil, err
	}
	return ctx, end, nil
}

// leavable is a body that can be left while its sender is silent: a read that
// hangs goes on alone, into a buffer of its own.
type leavable struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	read chan result
}

type result struct {
	n   int
	err error
}

func newLeavable(ctx context.Context, r io.Reader) *leavable {
	return &leavable{ctx: ctx, r: r, buf: make([]byte, chunkSize), read: make(chan result, 1)}
}

// Read must not be called again after the context has ended it.
func (l *leavable) Read(p []byte) (int, error) {
	if l.ctx.Err() != nil {
		return 0, context.Cause(l.ctx)
	}
	b := l.buf[:min(len(p), len(l.buf))]
	go func() {
		n, err := l.r.Read(b)
		l.read <- result{n, err}
	}()
	select {
	case got := <-l.read:
		return copy(p, b[:got.n]), got.err
	case <-l.ctx.Done():
		l.buf = nil // the read that hangs has it
		return 0, context.Cause(l.ctx)
	}
}
