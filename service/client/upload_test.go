package client_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/client"
)

// keeper is a service that stores one file and cuts connections.
type keeper struct {
	mu     sync.Mutex
	stored []byte
	cuts   []int // how many bytes each PUT may bring before it is cut
	puts   []int64
	paths  map[string]bool
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.URL.Path == "/v1/network" {
		fmt.Fprint(w, `{"channel":"pledge"}`)
		return
	}
	k.paths[r.Method+" "+r.URL.EscapedPath()] = true
	if r.Header.Get("Authorization") == "" {
		fail(w, 401, "unsigned", "no token")
		return
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Upload-Offset", strconv.Itoa(len(k.stored)))
		w.Header().Set("Upload-Complete", "?0")
		return
	}
	off, _ := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	k.puts = append(k.puts, off)
	if off != int64(len(k.stored)) {
		w.Header().Set("Upload-Offset", strconv.Itoa(len(k.stored)))
		fail(w, 409, "wrong_state", "the file continues elsewhere")
		return
	}
	if n := len(k.puts); n <= len(k.cuts) {
		part := make([]byte, k.cuts[n-1])
		m, _ := io.ReadFull(r.Body, part)
		k.stored = append(k.stored, part[:m]...)
		hangUp(w)
	}
	rest, _ := io.ReadAll(r.Body)
	k.stored = append(k.stored, rest...)
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"path":"x","size":%d,"complete":true}`, len(k.stored))
}

// tries counts the PUTs, also those that the client gave up.
func (k *keeper) tries() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.puts)
}

func (k *keeper) dial(t *testing.T) *client.Client {
	t.Helper()
	k.paths = map[string]bool{}
	srv := httptest.NewServer(k)
	t.Cleanup(srv.Close)
	c, err := client.Dial(srv.URL, newKey(t, client.Ed25519), client.Options{
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func source(content []byte, sent func(int64)) client.Source {
	return client.Source{Path: "a b/ü.csv", Size: int64(len(content)), Content: bytes.NewReader(content), Sent: sent}
}

func TestUploadGoesOnWhereItBroke(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB
	k := &keeper{cuts: []int{100_000, 0, 300_000, 0, 0, 1, 0, 0, 0, 500_000}}
	c := k.dial(t)
	last := int64(0)
	if err := c.PutFile(t.Context(), "up_1", source(content, func(n int64) { last = n })); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.stored, content) {
		t.Errorf("stored %d bytes, not what was sent", len(k.stored))
	}
	if last != int64(len(content)) {
		t.Errorf("progress ended at %d", last)
	}
	if !k.paths["PUT /v1/uploads/up_1/files/a%20b/%C3%BC.csv"] {
		t.Errorf("paths %v", k.paths)
	}
}

func TestUploadGivesUpWithoutProgress(t *testing.T) {
	k := &keeper{cuts: make([]int, 100)}
	if err := k.dial(t).PutFile(t.Context(), "up_1", source(make([]byte, 10), nil)); err == nil {
		t.Fatal("no error")
	}
	if k.tries() > 10 {
		t.Errorf("%d tries", k.tries())
	}
}

func TestUploadOfAnEmptyFile(t *testing.T) {
	k := &keeper{}
	if err := k.dial(t).PutFile(t.Context(), "up_1", source(nil, nil)); err != nil || k.tries() != 1 {
		t.Errorf("%v, %d tries", err, k.tries())
	}
}

func TestUploadToAWrongOffsetAsksForTheRightOne(t *testing.T) {
	k := &keeper{stored: []byte("01234")}
	if err := k.dial(t).PutFile(t.Context(), "up_1", source([]byte("0123456789"), nil)); err != nil || string(k.stored) != "0123456789" {
		t.Errorf("%v, stored %q", err, k.stored)
	}
}
