package s3_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3/s3servers"
)

// stumbling kills the server in the middle of a body, and starts it again a
// little later, while the driver asks for it.
type stumbling struct {
	io.Reader
	at   int64
	kill func()
}

func (r *stumbling) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.at -= int64(n); r.at < 0 && r.kill != nil {
		r.kill()
		r.kill = nil
	}
	return n, err
}

// A store that is killed again and again loses nothing that was acknowledged:
// the upload goes on where it was, and what was sealed verifies.
func TestKilledServer(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		c := configOf(s, "killed")
		c.Lock = governance
		b := made(t, c, true)
		v := newVault(t, b)
		u, err := v.Begin(t.Context(), "owner", nil)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]byte, 5*storage.PartSize+12345)
		_, _ = rand.Read(want)
		sendThroughKills(t, s, v, u.ID, want)
		sealed, err := v.Seal(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		s.Kill()
		s.Run()
		r, err := v.Check(t.Context(), sealed.Fingerprint, "owner", storage.CheckOptions{Full: true, Files: sealed.Files})
		if err != nil || !r.OK {
			t.Errorf("after the last kill: got %+v, %v", r, err)
		}
		if _, err := v.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
		err = b.Unfinished(t.Context(), "", func(key, _ string, _ int64) error { return fmt.Errorf("%s is left over", key) })
		if err != nil {
			t.Error(err)
		}
	})
}

func sendThroughKills(t *testing.T, s *s3servers.Server, v *storage.Vault, id string, want []byte) {
	t.Helper()
	kills, acknowledged := 0, int64(0)
	for range 30 {
		st, err := v.Status(t.Context(), id, "f")
		if err != nil {
			t.Fatal(err)
		}
		if st.Offset < acknowledged {
			t.Fatalf("%d bytes are durable, %d were acknowledged", st.Offset, acknowledged)
		}
		acknowledged = st.Offset
		body := &stumbling{Reader: bytes.NewReader(want[st.Offset:]), at: storage.PartSize + int64(kills)*99_991}
		if kills < 3 {
			body.kill = func() { kills++; s.Kill() }
		}
		st, err = v.Write(t.Context(), id, storage.WriteRequest{Path: "f", Off: st.Offset, Size: int64(len(want)), Body: body})
		if !s.Up() {
			s.Run()
		}
		if err == nil && st.Complete {
			if kills < 3 {
				t.Errorf("only %d kills", kills)
			}
			return
		}
		if changed := (*storage.ChangedError)(nil); errors.As(err, &changed) {
			t.Fatal(err)
		}
	}
	t.Fatal("it never was complete")
}

// Objects that were acknowledged before a kill are all there after it.
func TestKilledServerKeepsObjects(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		c := configOf(s, "objects")
		b := made(t, c, true)
		created := make(chan string, 1000)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer close(created)
			for i := 0; ctx.Err() == nil; i++ {
				key := fmt.Sprintf("k/%06d", i)
				if b.Create(ctx, key, bytes.NewReader(bytes.Repeat([]byte(key), 100))) == nil {
					created <- key
				}
			}
		}()
		for range 3 {
			for range 20 {
				checkObject(t, b, <-created)
			}
			s.Kill()
			s.Run()
		}
		cancel()
		s.Kill()
		s.Run()
		for key := range created {
			checkObject(t, b, key)
		}
	})
}

func checkObject(t *testing.T, b storage.Bucket, key string) {
	t.Helper()
	r, err := b.Open(context.Background(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, bytes.Repeat([]byte(key), 100)) {
		t.Errorf("%s: got %d bytes, %v", key, len(got), err)
	}
}
