package sealbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
	"github.com/datapledge/datapledge/storage/s3/s3test"
)

func userPut(ctx context.Context, endpoint, key string, r io.Reader) error {
	return s3test.UserPut(ctx, endpoint, key, r)
}

// memories is row 4: sealing and storing, and the full evidence pass.
func (b *bench) memories(ctx context.Context) ([]Row, error) {
	row, err := b.memory("sealing and storing", func(size int64) error {
		return b.write(ctx, io.LimitReader(newPattern(), size), size)
	})
	if err != nil || b.o.Examine == nil {
		return []Row{row}, err
	}
	full, err := b.memory("the full evidence pass over a table", func(size int64) error {
		return b.kept(func(v *storage.Vault) error { return b.pass(ctx, v, io.LimitReader(newRows(), size), size) })
	})
	return []Row{row, full}, err
}

// memory is the peak resident set of this process, sink and all, while
// something is done with 64 MiB up to the largest size.
func (b *bench) memory(what string, do func(size int64) error) (Row, error) {
	var peaks []string
	worst := 0.0
	for size := int64(64 << 20); size <= b.o.MemoryMax; size *= 2 {
		runtime.GC()
		debug.FreeOSMemory()
		peak := watchMemory()
		err := do(size)
		mib := float64(peak()) / (1 << 20)
		if err != nil {
			return Row{}, err
		}
		worst = max(worst, mib)
		peaks = append(peaks, fmt.Sprintf("%d MiB: %.0f", size>>20, mib))
	}
	return Row{"4", "peak memory of " + what, worst, "MiB", "<= 128", worst <= 128, strings.Join(peaks, ", ")}, nil
}

// watchMemory samples until the function it returns is called.
func watchMemory() (peak func() int64) {
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		most := resident()
		for {
			select {
			case <-tick.C:
				most = max(most, resident())
			case <-stop:
				done <- max(most, resident())
				return
			}
		}
	}()
	return func() int64 { close(stop); return <-done }
}

// resident is in bytes; where the system does not say, what the Go heap took.
func resident() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); err == nil && len(fields) > 1 {
		if pages, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
			return pages * int64(os.Getpagesize())
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys - m.HeapReleased)
}

// oneTiB has 2^20 leaves.
const oneTiB = 1 << 20

// spotCheck is row 5: open a chunk, read its proof from a stored tree of 1 TiB
// and verify it. The tree is whole; of the file only the chunk is there.
func (b *bench) spotCheck(ctx context.Context) (Row, error) {
	chunk := bytes.Repeat([]byte{7}, storage.LeafSize)
	const index = 777_777
	leaves := make([]storage.Hash, oneTiB)
	for i := range leaves {
		leaves[i][0], leaves[i][1], leaves[i][2] = byte(i), byte(i>>8), byte(i>>16)
	}
	leaves[index] = storage.LeafHash(chunk)
	root, err := storage.NewTree(leaves).Root()
	if err != nil {
		return Row{}, err
	}
	bucket := &mem.Bucket{}
	err = errors.Join(b.store(ctx, bucket, "chunk", chunk), b.store(ctx, bucket, "tree", storage.TreeBytes(leaves)))
	if err != nil {
		return Row{}, err
	}
	var times []float64
	for range max(21, b.o.Rounds) {
		start := time.Now()
		if err := b.prove(ctx, bucket, index, root); err != nil {
			return Row{}, err
		}
		times = append(times, time.Since(start).Seconds()*1000)
	}
	ms := median(times)
	return Row{"5", "verify a random 1 MiB chunk of 1 TiB", ms, "ms", "< 5", ms < 5,
		fmt.Sprintf("headers, chunk, tree and proof of %d hashes, bucket in memory", 20)}, nil
}

func (b *bench) store(ctx context.Context, bucket storage.Bucket, key string, plain []byte) error {
	to, err := age.ParseX25519Recipient(b.id.Recipient())
	if err != nil {
		return err
	}
	r, err := age.EncryptReader(bytes.NewReader(plain), to)
	if err != nil {
		return err
	}
	return bucket.Create(ctx, key, r)
}

func (b *bench) prove(ctx context.Context, bucket storage.Bucket, index int64, root storage.Hash) error {
	content, err := storage.OpenObject(ctx, bucket, "chunk", b.id.Age())
	if err != nil {
		return err
	}
	chunk, err := content.Leaf(ctx, 0)
	if err != nil {
		return err
	}
	tree, err := storage.OpenObject(ctx, bucket, "tree", b.id.Age())
	if err != nil {
		return err
	}
	p, err := tree.Tree(ctx, oneTiB).Proof(index)
	if err != nil {
		return err
	}
	if !p.Verify(root, chunk) {
		return fmt.Errorf("%w: the proof does not hold", storage.ErrCorrupt)
	}
	return nil
}
