package storage_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// silent is a connection that broke without a word, after some bytes.
type silent struct {
	r       io.Reader
	reached chan struct{}
	over    <-chan struct{}
}

func (s *silent) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if n > 0 || !errors.Is(err, io.EOF) {
		return n, nil
	}
	close(s.reached)
	<-s.over
	return 0, io.ErrUnexpectedEOF
}

// TestNewerRequestTakesOver from one whose sender is silent, and goes on from
// what that one has made durable.
func TestNewerRequestTakesOver(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	want := content(2*part + 100)
	over := make(chan struct{})
	defer close(over)
	s := &silent{bytes.NewReader(want[:part+100]), make(chan struct{}), over}
	older := make(chan error)
	size := int64(len(want))
	go func() {
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: size, Body: s})
		older <- err
	}()
	<-s.reached
	_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: 1, Size: size, Body: bytes.NewReader(want)})
	oe := (*storage.OffsetError)(nil)
	if !errors.As(err, &oe) || oe.Want%part != 0 {
		t.Fatalf("got %v, want an OffsetError at a whole part", err)
	}
	if err := <-older; !errors.Is(err, storage.ErrBusy) {
		t.Errorf("the older one: got %v, want ErrBusy", err)
	}
	st, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: oe.Want, Size: size, Body: bytes.NewReader(want[oe.Want:])})
	if err != nil || st.SHA256 != sum(want) {
		t.Errorf("the newer one: got %+v, %v", st, err)
	}
	if !bytes.Equal(f.read(f.seal(id), "a", 0, -1), want) {
		t.Error("content differs")
	}
}

// TestRemoveTakesOver: a file that hangs can be taken out.
func TestRemoveTakesOver(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "b", []byte("b"))
	over := make(chan struct{})
	defer close(over)
	s := &silent{bytes.NewReader(content(100)), make(chan struct{}), over}
	older := make(chan error)
	go func() {
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: -1, Body: s})
		older <- err
	}()
	<-s.reached
	if err := f.Remove(t.Context(), id, "a"); err != nil {
		t.Fatal(err)
	}
	if err := <-older; !errors.Is(err, storage.ErrBusy) {
		t.Errorf("the older one: got %v, want ErrBusy", err)
	}
	if s := f.seal(id); len(s.Files) != 1 {
		t.Errorf("got %+v", s.Files)
	}
}
