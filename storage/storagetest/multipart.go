package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// partSize is the least that every store takes for a part but the last.
const partSize = 5 << 20

// pieces are three parts of an object, the last one short.
func pieces() [][]byte {
	return [][]byte{bytes.Repeat([]byte("1"), partSize), bytes.Repeat([]byte("2"), partSize), []byte("last")}
}

func begin(t *testing.T, b storage.Bucket, key string) string {
	t.Helper()
	id, err := b.Begin(t.Context(), key)
	if err != nil {
		t.Fatalf("beginning %s: %v", key, err)
	}
	return id
}

func put(t *testing.T, b storage.Bucket, key, id string, n int, data []byte) storage.Part {
	t.Helper()
	p, err := b.PutPart(t.Context(), key, id, n, int64(n-1)*partSize, data)
	if err != nil {
		t.Fatalf("putting part %d of %s: %v", n, key, err)
	}
	return p
}

func parts(t *testing.T, b storage.Bucket, key, id string) []storage.Part {
	t.Helper()
	got, err := b.Parts(t.Context(), key, id)
	if err != nil {
		t.Fatalf("listing the parts of %s: %v", key, err)
	}
	return got
}

// putAll begins an object and puts all its parts, in the given order.
func putAll(t *testing.T, b storage.Bucket, key string, order ...int) string {
	t.Helper()
	id := begin(t, b, key)
	for _, n := range order {
		put(t, b, key, id, n, pieces()[n-1])
	}
	return id
}

func partsInAnyOrder(t *testing.T, b storage.Bucket) {
	id := putAll(t, b, "d/k", 3, 1, 2)
	got := parts(t, b, "d/k", id)
	for i, p := range got {
		if p.N != i+1 || p.Size != int64(len(pieces()[i])) || p.Tag == "" {
			t.Errorf("part %d is listed as %+v", i+1, p)
		}
	}
	if err := b.Complete(t.Context(), "d/k", id, got); err != nil {
		t.Fatal(err)
	}
	wants(t, b, "d/k", string(slices.Concat(pieces()...)))
	_, err := b.Parts(t.Context(), "d/k", id)
	wantError(t, err, storage.ErrNotExist)
}

// partAgain is what a resumed upload does with a part it is not sure of.
func partAgain(t *testing.T, b storage.Bucket) {
	id := begin(t, b, "k")
	put(t, b, "k", id, 1, bytes.Repeat([]byte("x"), partSize))
	put(t, b, "k", id, 2, []byte("longer than the last"))
	first := put(t, b, "k", id, 1, pieces()[0])
	last := put(t, b, "k", id, 2, []byte("last"))
	got := parts(t, b, "k", id)
	if len(got) != 2 || got[0].Tag != first.Tag || got[1].Tag != last.Tag || got[1].Size != 4 {
		t.Errorf("got %+v, want the second word for each part", got)
	}
	if err := b.Complete(t.Context(), "k", id, got); err != nil {
		t.Fatal(err)
	}
	wants(t, b, "k", string(pieces()[0])+"last")
}

func nothingBeforeComplete(t *testing.T, b storage.Bucket) {
	id := putAll(t, b, "k", 1, 2, 3)
	wantNothing(t, b, "k")
	if err := b.Complete(t.Context(), "k", id, parts(t, b, "k", id)); err != nil {
		t.Fatal(err)
	}
}

func completeWriteOnce(t *testing.T, b storage.Bucket) {
	id := putAll(t, b, "k", 1, 2, 3)
	create(t, b, "k", "first")
	wantError(t, b.Complete(t.Context(), "k", id, parts(t, b, "k", id)), storage.ErrExist)
	wants(t, b, "k", "first")
}

func completeChecks(t *testing.T, b storage.Bucket) {
	id := putAll(t, b, "k", 1, 2, 3)
	good := parts(t, b, "k", id)
	other := slices.Clone(good)
	other[1].Tag = good[0].Tag
	for name, bad := range map[string][]storage.Part{"no parts": nil, "another tag": other} {
		if err := b.Complete(t.Context(), "k", id, bad); err == nil {
			t.Errorf("%s: completed", name)
		}
		wantNothing(t, b, "k")
	}
	if err := b.Complete(t.Context(), "k", id, good); err != nil {
		t.Fatal(err)
	}
}

func createCompleteRace(t *testing.T, b storage.Bucket) {
	const racers = 4
	var ids [racers]string
	for i := range racers {
		ids[i] = begin(t, b, "k")
		put(t, b, "k", ids[i], 1, fmt.Appendf(nil, "racer %d", i))
	}
	errs := make([]error, 2*racers)
	var wg sync.WaitGroup
	for i := range racers {
		have := parts(t, b, "k", ids[i])
		wg.Go(func() { errs[i] = b.Complete(t.Context(), "k", ids[i], have) })
		wg.Go(func() {
			errs[racers+i] = b.Create(t.Context(), "k", strings.NewReader(fmt.Sprint("racer ", racers+i)))
		})
	}
	wg.Wait()
	wants(t, b, "k", fmt.Sprint("racer ", oneWinner(t, errs)))
}

func abortForgets(t *testing.T, b storage.Bucket) {
	id := putAll(t, b, "k", 1, 2)
	for range 2 {
		if err := b.Abort(t.Context(), "k", id); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.Parts(t.Context(), "k", id)
	wantError(t, err, storage.ErrNotExist)
	_, err = b.PutPart(t.Context(), "k", id, 1, 0, []byte("x"))
	wantError(t, err, storage.ErrNotExist)
	wantNothing(t, b, "k")
	if got := uploads(t, b, ""); len(got) != 0 {
		t.Errorf("still unfinished: %v", got)
	}
}

func uploads(t *testing.T, b storage.Bucket, prefix string) []string {
	t.Helper()
	var found []string
	err := b.Unfinished(t.Context(), prefix, func(key, id string, begun int64) error {
		if begun == 0 {
			t.Errorf("upload %s of %s has no time", id, key)
		}
		found = append(found, key+" "+id)
		return nil
	})
	if err != nil {
		t.Fatalf("listing uploads: %v", err)
	}
	slices.Sort(found)
	return found
}

func unfinished(t *testing.T, b storage.Bucket) {
	one, two := begin(t, b, "a/one"), begin(t, b, "a/two")
	other, done := begin(t, b, "b/other"), putAll(t, b, "a/done", 1)
	if err := b.Complete(t.Context(), "a/done", done, parts(t, b, "a/done", done)); err != nil {
		t.Fatal(err)
	}
	if got, want := uploads(t, b, "a/"), []string{"a/one " + one, "a/two " + two}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := uploads(t, b, "b/"), []string{"b/other " + other}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	err := b.Unfinished(t.Context(), "a/", func(string, string, int64) error { return errBroken })
	wantError(t, err, errBroken)
}

func unknownUpload(t *testing.T, b storage.Bucket) {
	id := begin(t, b, "other")
	if err := b.Abort(t.Context(), "other", id); err != nil {
		t.Fatal(err)
	}
	_, err := b.PutPart(t.Context(), "other", id, 1, 0, []byte("x"))
	wantError(t, err, storage.ErrNotExist)
	if err := b.Complete(t.Context(), "other", id, []storage.Part{{N: 1, Tag: "x"}}); err == nil {
		t.Error("completed an upload that was abandoned")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	id = begin(t, b, "k")
	_, err = b.PutPart(ctx, "k", id, 1, 0, []byte("x"))
	wantError(t, err, context.Canceled)
}
