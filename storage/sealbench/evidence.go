package sealbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3/s3test"
)

// Examine begins an examination that reads along; the report ends it. nil
// leaves out what is measured with one.
type Examine func(context.Context) (storage.Beside, func(fingerprint string) error)

// evidence is row 3: a file is sealed and stored, read back, hashed, cut into
// leaves and examined, which is all that a custodian signs for. It is divided
// by row 2's work on the same file, which reads nothing back.
func (b *bench) evidence(ctx context.Context) ([]Row, error) {
	if b.o.Examine == nil {
		return nil, nil
	}
	other, err := b.evidenceOf(ctx, "of other bytes", func() io.Reader { return rand.NewChaCha8([32]byte{1}) })
	if err != nil {
		return nil, err
	}
	table, err := b.evidenceOf(ctx, "of a CSV table", func() io.Reader { return newRows() })
	return []Row{table, other}, err
}

func (b *bench) evidenceOf(ctx context.Context, what string, content func() io.Reader) (Row, error) {
	if err := b.fill(content()); err != nil {
		return Row{}, err
	}
	times, cpu, err := b.interleaved(ctx, b.full, b.seal, b.serialHash, b.examineAlone)
	if err != nil {
		return Row{}, err
	}
	ratio := median(ratios(times[1], times[0]))
	detail := fmt.Sprintf("full pass %s, sealed and stored %s, SHA-256 alone %s (full pass / that: %.2f), examination alone %s, %d MiB, median of %d",
		b.rate(times[0], cpu[0]), b.rate(times[1], cpu[1]), b.rate(times[2], cpu[2]), median(ratios(times[2], times[0])),
		b.rate(times[3], cpu[3]), b.o.Size>>20, b.o.Rounds)
	return Row{"3", "full evidence pass " + what + " / seal and store (2)", ratio, "x", ">= 0.55", ratio >= 0.55, detail}, nil
}

// full is the product's way from the first byte to the report.
func (b *bench) full(ctx context.Context) error {
	return b.kept(func(v *storage.Vault) error {
		f, err := os.Open(b.file)
		if err != nil {
			return err
		}
		defer f.Close()
		return b.pass(ctx, v, f, b.o.Size)
	})
}

// examineAlone reads the file for nothing but its report.
func (b *bench) examineAlone(ctx context.Context) error {
	beside, report := b.o.Examine(ctx)
	f, err := os.Open(b.file)
	if err != nil {
		return err
	}
	defer f.Close()
	if w := beside(tableName, b.o.Size); w != nil {
		_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f}, make([]byte, storage.LeafSize))
		err = errors.Join(err, w.Close())
	}
	return errors.Join(err, report(""))
}

// tableName is of a file that may be a table; what is in it decides.
const tableName = "file.csv"

func (b *bench) pass(ctx context.Context, v *storage.Vault, r io.Reader, size int64) error {
	u, err := v.Begin(ctx, "owner", nil)
	if err != nil {
		return err
	}
	if _, err = v.Write(ctx, u.ID, storage.WriteRequest{Path: tableName, Size: size, Body: r}); err != nil {
		return fmt.Errorf("storing: %w", err)
	}
	beside, report := b.o.Examine(ctx)
	sealed, err := v.Seal(ctx, u.ID, beside)
	if err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	return report(sealed.Fingerprint)
}

// kept does something with a vault on a sink that keeps what it is given,
// behind loopback http.
func (b *bench) kept(do func(*storage.Vault) error) error {
	root, err := os.MkdirTemp(filepath.Dir(b.file), "kept-")
	if err != nil {
		return err
	}
	server := httptest.NewServer(s3test.Handler(&s3test.Kept{Dir: root}))
	defer server.Close()
	v, err := b.vaultAt(strings.TrimPrefix(server.URL, "http://"))
	if err == nil {
		err = do(v)
	}
	return errors.Join(err, os.RemoveAll(root))
}

// rows is an endless table of orders: every row another one, of numbers, days,
// short words and Chinese text.
type rows struct {
	dice *rand.Rand
	n    int
	rest []byte
	line []byte
}

func newRows() *rows {
	return &rows{dice: rand.New(rand.NewPCG(1, 2)), rest: []byte("order,date,city,goods,quantity,price,state,updated,note\n")}
}

var (
	cities = strings.Fields("杭州市 北京市 成都市锦江区 上海市浦东新区 广州市")
	goods  = strings.Fields("食品 服装 待发货 warehouse-2 A4纸 Fresh Frozen")
)

// Read implements io.Reader.
func (r *rows) Read(b []byte) (int, error) {
	if len(r.rest) == 0 {
		r.n++
		d := r.dice
		r.line = fmt.Appendf(r.line[:0], "SO%09d,2024-%02d-%02d,%s,%s,%d,%d.%02d,done,2024-01-02 %02d:%02d:00,\n", r.n, d.IntN(12)+1, d.IntN(28)+1,
			cities[d.IntN(len(cities))], goods[d.IntN(len(goods))], d.IntN(100), d.IntN(5000), d.IntN(100), d.IntN(24), d.IntN(60))
		r.rest = r.line
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
