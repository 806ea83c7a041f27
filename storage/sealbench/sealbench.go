// Package sealbench measures sealing and storing against what a user would
// do with the same parts, and against the limit of the machine, in the same
// run: the rows 1 to 5 of the project's benchmark table. All data goes over
// loopback http to a sink in this process, which forgets it unless it is read back.
package sealbench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3test"
)

// Options of a run. Zero values stand for the table's own.
type Options struct {
	Dir       string // for the file; the system's temporary folder when empty
	Size      int64  // of the file: 256 MiB
	Rounds    int    // 5; each does everything once
	MemoryMax int64  // the largest size of row 4: 1 GiB; the table asks for 8
	Examine   Examine
}

// Row is a line of the table. Value is a ratio, or has the unit named.
type Row struct {
	Row    string  `json:"row"`
	Work   string  `json:"work"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Goal   string  `json:"goal"`
	Met    bool    `json:"met"`
	Detail string  `json:"detail"`
}

func (o *Options) defaults() {
	if o.Size == 0 {
		o.Size = 256 << 20
	}
	if o.Rounds == 0 {
		o.Rounds = 5
	}
	if o.MemoryMax == 0 {
		o.MemoryMax = 1 << 30
	}
}

// Run measures all rows.
func Run(ctx context.Context, o Options) ([]Row, error) {
	o.defaults()
	b, err := newBench(o)
	if err != nil {
		return nil, fmt.Errorf("preparing the benchmark: %w", err)
	}
	defer b.close()
	rows, err := b.throughput(ctx)
	if err != nil {
		return nil, err
	}
	evidence, err := b.evidence(ctx)
	if err != nil {
		return nil, err
	}
	memory, err := b.memories(ctx)
	if err != nil {
		return nil, err
	}
	spot, err := b.spotCheck(ctx)
	if err != nil {
		return nil, err
	}
	return append(append(append(rows, evidence...), memory...), spot), nil
}

// bench is a warm file, a sink and a vault on it.
type bench struct {
	o        Options
	file     string
	server   *httptest.Server
	endpoint string
	vault    *storage.Vault
	id       storage.Identity
	written  int
}

func newBench(o Options) (*bench, error) {
	dir, err := os.MkdirTemp(o.Dir, "sealbench-")
	if err != nil {
		return nil, err
	}
	b := &bench{o: o, file: filepath.Join(dir, "file")}
	b.server = httptest.NewServer(s3test.Handler(&s3test.Null{}))
	b.endpoint = strings.TrimPrefix(b.server.URL, "http://")
	if err := errors.Join(b.fill(rand.NewChaCha8([32]byte{1})), b.open()); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

func (b *bench) fill(content io.Reader) error {
	f, err := os.Create(b.file)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, io.LimitReader(bufio.NewReaderSize(content, 1<<16), b.o.Size))
	return errors.Join(err, f.Close())
}

func (b *bench) open() (err error) {
	if b.id, err = storage.NewIdentity(false); err != nil {
		return err
	}
	b.vault, err = b.vaultAt(b.endpoint)
	return err
}

func (b *bench) vaultAt(endpoint string) (*storage.Vault, error) {
	bucket, err := s3.Open(s3.Config{Endpoint: endpoint, Bucket: "bucket", Region: "us-east-1",
		AccessKey: "key", SecretKey: storage.NewSecret("secret"), Insecure: true})
	if err != nil {
		return nil, err
	}
	return storage.NewVault(bucket, b.id, storage.Options{})
}

func (b *bench) close() {
	b.server.Close()
	_ = os.RemoveAll(filepath.Dir(b.file)) // a temporary folder
}

// way is one of the things that are timed.
type way func(context.Context) error

// interleaved times ways one after the other in every round: seconds of each
// round, and the processor's of all rounds together.
func (b *bench) interleaved(ctx context.Context, ways ...way) (times [][]float64, cpu []float64, err error) {
	times, cpu = make([][]float64, len(ways)), make([]float64, len(ways))
	for round := range b.o.Rounds + 1 {
		for i, way := range ways {
			start, before := time.Now(), cpuSeconds()
			if err := way(ctx); err != nil {
				return nil, nil, err
			}
			if round > 0 { // the first one warms up
				times[i] = append(times[i], time.Since(start).Seconds())
				cpu[i] += cpuSeconds() - before
			}
		}
	}
	return times, cpu, nil
}

func (b *bench) rate(times []float64, cpu float64) string {
	return fmt.Sprintf("%.0f MB/s (%.2f CPU ns/B)", float64(b.o.Size)/1e6/median(times), cpu*1e9/float64(b.o.Size)/float64(b.o.Rounds))
}

// throughput is rows 1 and 2: three ways with the same file.
func (b *bench) throughput(ctx context.Context) ([]Row, error) {
	times, cpu, err := b.interleaved(ctx, b.seal, b.userChain, b.serialHash)
	if err != nil {
		return nil, err
	}
	chain, limit := ratios(times[1], times[0]), ratios(times[2], times[0])
	detail := fmt.Sprintf("sealed and stored %s, user's chain %s, SHA-256 alone %s, %d MiB, median of %d",
		b.rate(times[0], cpu[0]), b.rate(times[1], cpu[1]), b.rate(times[2], cpu[2]), b.o.Size>>20, b.o.Rounds)
	return []Row{
		{"1", "seal and store / the user's chain", median(chain), "x", ">= 3", median(chain) >= 3, detail},
		{"2", "seal and store / serial read and SHA-256", median(limit), "x", ">= 0.80", median(limit) >= 0.8, detail},
	}, nil
}

// ratios are taken within a round: both sides saw the same machine.
func ratios(slow, fast []float64) []float64 {
	r := make([]float64, len(slow))
	for i := range r {
		r[i] = slow[i] / fast[i]
	}
	return r
}

func median(x []float64) float64 {
	s := slices.Clone(x)
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Seal runs the product's side alone, n times after a warm-up: for profiles.
func Seal(ctx context.Context, size int64, n int) error {
	b, err := newBench(Options{Size: size})
	if err != nil {
		return err
	}
	defer b.close()
	for range n {
		if err := b.seal(ctx); err != nil {
			return err
		}
	}
	return nil
}
