// Package storagetest holds every storage.Bucket to the same behaviour.
package storagetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// Run runs the suite; open returns an empty bucket for each test.
func Run(t *testing.T, open func(*testing.T) storage.Bucket) {
	for _, c := range []struct {
		name string
		test func(*testing.T, storage.Bucket)
	}{
		{"CreateThenOpen", createThenOpen},
		{"CreateEmpty", createEmpty},
		{"SecondCreateIsRefused", secondCreate},
		{"FailedCreateLeavesNothing", failedCreate},
		{"CancelledCreateLeavesNothing", cancelledCreate},
		{"RacingCreatesHaveOneWinner", racingCreates},
		{"BadKeysAreRefused", badKeys},
		{"Ranges", ranges},
		{"MissingObject", missing},
		{"ListInKeyOrder", listOrder},
		{"ListStopsWithTheError", listStops},
		{"Delete", deleteTwice},
		{"PartsInAnyOrder", partsInAnyOrder},
		{"PartAgain", partAgain},
		{"NothingBeforeComplete", nothingBeforeComplete},
		{"CompleteIsWriteOnce", completeWriteOnce},
		{"CompleteChecksItsParts", completeChecks},
		{"CreateAndCompleteRace", createCompleteRace},
		{"AbortForgets", abortForgets},
		{"UnfinishedLists", unfinished},
		{"UnknownUpload", unknownUpload},
		{"HoldKeepsTheObject", holdKeeps},
		{"VaultHoldsADataset", vaultHolds},
		{"SealedLayerSeesDamage", sealedDamage},
		{"VaultOnTop", vaultOnTop},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func create(t *testing.T, b storage.Bucket, key, content string) {
	t.Helper()
	if err := b.Create(t.Context(), key, strings.NewReader(content)); err != nil {
		t.Fatalf("creating %s: %v", key, err)
	}
}

func read(t *testing.T, b storage.Bucket, key string, off, n int64) []byte {
	t.Helper()
	r, err := b.Open(t.Context(), key, off, n)
	if err != nil {
		t.Fatalf("opening %s: %v", key, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("reading %s: %v", key, err)
	}
	return data
}

func wants(t *testing.T, b storage.Bucket, key, content string) {
	t.Helper()
	if got := read(t, b, key, 0, -1); string(got) != content {
		t.Errorf("%s holds %d bytes, want %d and the same", key, len(got), len(content))
	}
}

func wantError(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// wantNothing asks in every way.
func wantNothing(t *testing.T, b storage.Bucket, key string) {
	t.Helper()
	_, err := b.Stat(t.Context(), key)
	wantError(t, err, storage.ErrNotExist)
	_, err = b.Open(t.Context(), key, 0, -1)
	wantError(t, err, storage.ErrNotExist)
	if got := keys(t, b, ""); slices.Contains(got, key) {
		t.Errorf("%s is listed", key)
	}
}

func keys(t *testing.T, b storage.Bucket, prefix string) []string {
	t.Helper()
	var found []string
	err := b.List(t.Context(), prefix, func(i storage.Info) error {
		found = append(found, i.Key)
		return nil
	})
	if err != nil {
		t.Fatalf("listing %q: %v", prefix, err)
	}
	return found
}

func createThenOpen(t *testing.T, b storage.Bucket) {
	create(t, b, "a/b.age", "content")
	wants(t, b, "a/b.age", "content")
	info, err := b.Stat(t.Context(), "a/b.age")
	if err != nil || info.Size != 7 || info.Key != "a/b.age" || info.Modified == 0 {
		t.Errorf("got %+v, %v; want key, 7 bytes and a time", info, err)
	}
}

func createEmpty(t *testing.T, b storage.Bucket) {
	create(t, b, "empty", "")
	wants(t, b, "empty", "")
}

func secondCreate(t *testing.T, b storage.Bucket) {
	create(t, b, "k", "first")
	wantError(t, b.Create(t.Context(), "k", strings.NewReader("second")), storage.ErrExist)
	wants(t, b, "k", "first")
}

var errBroken = errors.New("reader broke")

func failedCreate(t *testing.T, b storage.Bucket) {
	for _, n := range []int{0, 1, 100_000} {
		r := io.MultiReader(strings.NewReader(strings.Repeat("x", n)), brokenReader{})
		wantError(t, b.Create(t.Context(), "k", r), errBroken)
		wantNothing(t, b, "k")
	}
	create(t, b, "k", "whole")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func cancelledCreate(t *testing.T, b storage.Bucket) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantError(t, b.Create(ctx, "k", strings.NewReader("x")), context.Canceled)
	wantNothing(t, b, "k")
}

func racingCreates(t *testing.T, b storage.Bucket) {
	const racers = 16
	errs := make([]error, racers)
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() { errs[i] = b.Create(t.Context(), "d/k", strings.NewReader(fmt.Sprint("racer ", i))) })
	}
	wg.Wait()
	winner := oneWinner(t, errs)
	wants(t, b, "d/k", fmt.Sprint("racer ", winner))
}

func oneWinner(t *testing.T, errs []error) int {
	t.Helper()
	winner, winners := -1, 0
	for i, err := range errs {
		if err == nil {
			winner, winners = i, winners+1
			continue
		}
		wantError(t, err, storage.ErrExist)
	}
	if winners != 1 {
		t.Fatalf("got %d winners, want 1", winners)
	}
	return winner
}

func badKeys(t *testing.T, b storage.Bucket) {
	ctx := t.Context()
	for _, key := range []string{"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "A", "a b", "a\\b", "a\nb",
		"ä", "a@", "a%2f", strings.Repeat("a", 1001)} {
		wantError(t, b.Create(ctx, key, strings.NewReader("x")), storage.ErrKey)
		_, err := b.Open(ctx, key, 0, -1)
		wantError(t, err, storage.ErrKey)
		_, err = b.Stat(ctx, key)
		wantError(t, err, storage.ErrKey)
		wantError(t, b.Delete(ctx, key), storage.ErrKey)
		_, err = b.Begin(ctx, key)
		wantError(t, err, storage.ErrKey)
	}
	wantError(t, b.List(ctx, "A", func(storage.Info) error { return nil }), storage.ErrKey)
	long := strings.Repeat("a/", 499) + "aa"
	create(t, b, long, "the longest key")
	wants(t, b, long, "the longest key")
}

func ranges(t *testing.T, b storage.Bucket) {
	create(t, b, "k", "0123456789")
	for _, c := range []struct {
		off, n int64
		want   string
	}{{0, -1, "0123456789"}, {0, 10, "0123456789"}, {3, 4, "3456"}, {9, 1, "9"}, {5, -1, "56789"}, {4, 0, ""}, {10, 0, ""}, {10, -1, ""}} {
		if got := string(read(t, b, "k", c.off, c.n)); got != c.want {
			t.Errorf("range %d+%d: got %q, want %q", c.off, c.n, got, c.want)
		}
	}
	for _, c := range [][2]int64{{0, 11}, {10, 1}, {11, 0}, {11, -1}, {-1, 1}, {9, 1 << 62}} {
		if r, err := b.Open(t.Context(), "k", c[0], c[1]); err == nil {
			t.Errorf("range %d+%d of 10 bytes was opened", c[0], c[1])
			r.Close()
		}
	}
}

func missing(t *testing.T, b storage.Bucket) {
	wantNothing(t, b, "none")
	_, err := b.Open(t.Context(), "none", 2, 3)
	wantError(t, err, storage.ErrNotExist)
}

func listOrder(t *testing.T, b storage.Bucket) {
	all := []string{"a-b", "a.b", "a/b-c", "a/b.c", "a/b/c", "a/b0", "a0", "ab", "b/a", "b/a-a/a", "b/b/a"}
	for _, k := range slices.Backward(all) {
		create(t, b, k, "x")
	}
	if got := keys(t, b, ""); !slices.Equal(got, all) {
		t.Errorf("got %v, want %v", got, all)
	}
	for prefix, want := range map[string][]string{
		"a/": {"a/b-c", "a/b.c", "a/b/c", "a/b0"}, "a/b": {"a/b-c", "a/b.c", "a/b/c", "a/b0"}, "b": {"b/a", "b/a-a/a", "b/b/a"},
		"a/b/": {"a/b/c"}, "b/a": {"b/a", "b/a-a/a"}, "c": nil, "a/b/c/d": nil,
	} {
		if got := keys(t, b, prefix); !slices.Equal(got, want) {
			t.Errorf("prefix %q: got %v, want %v", prefix, got, want)
		}
	}
}

func listStops(t *testing.T, b storage.Bucket) {
	create(t, b, "a", "x")
	create(t, b, "b", "x")
	calls := 0
	err := b.List(t.Context(), "", func(storage.Info) error {
		calls++
		return errBroken
	})
	wantError(t, err, errBroken)
	if calls != 1 {
		t.Errorf("got %d calls after an error, want 1", calls)
	}
}

func deleteTwice(t *testing.T, b storage.Bucket) {
	create(t, b, "d/k", "x")
	create(t, b, "d/other", "y")
	for range 2 {
		if err := b.Delete(t.Context(), "d/k"); err != nil {
			t.Fatal(err)
		}
	}
	wantNothing(t, b, "d/k")
	wants(t, b, "d/other", "y")
	create(t, b, "d/k", "again")
}
