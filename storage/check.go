package storage

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Tree answers from a stored tree (TreeBytes) of n leaves, reading the few
// chunks that it needs.
func (o *Object) Tree(ctx context.Context, n int64) *Tree {
	sizes := listSizes(n)
	chunks := make(map[int64][]byte) // neighbours are often asked for next
	return &Tree{n, func(list int, off int64, dst []Hash) error {
		for _, s := range sizes[:list] {
			off += s
		}
		for i := range dst {
			if err := o.hashAt(ctx, chunks, off+int64(i), &dst[i]); err != nil {
				return err
			}
		}
		return nil
	}}
}

const hashesInChunk = chunkSize / hashSize

func (o *Object) hashAt(ctx context.Context, chunks map[int64][]byte, i int64, h *Hash) (err error) {
	index := i / hashesInChunk
	chunk, ok := chunks[index]
	if !ok {
		if index >= chunkCount(o.size) {
			return fmt.Errorf("%w: %s is too short for a tree", ErrCorrupt, o.key)
		}
		if chunk, err = o.chunks(ctx, index, index+1); err != nil {
			return err
		}
		chunks[index] = chunk
	}
	if n := copy(h[:], chunk[min(i%hashesInChunk*hashSize, int64(len(chunk))):]); n < len(h) {
		return fmt.Errorf("%w: %s is too short for a tree", ErrCorrupt, o.key)
	}
	return nil
}

// Check reads a sealed dataset, all of it or random chunks, and says whether it
// is what its fingerprint names. What does not verify is in the report; an
// error means that it could not be told. ErrNotExist when there is no dataset.
func (v *Vault) Check(ctx context.Context, fingerprint, owner string, o CheckOptions) (CheckReport, error) {
	c := check{v: v, o: o, report: CheckReport{Full: o.Full}}
	err := c.run(ctx, fingerprint, owner)
	if errors.Is(err, ErrCorrupt) {
		c.fail("", -1, err.Error())
		err = nil
	}
	c.report.OK = err == nil && len(c.report.Failed) == 0
	return c.report, err
}

type check struct {
	v      *Vault
	o      CheckOptions
	d      dataset
	report CheckReport
}

func (c *check) fail(path string, chunk int64, detail string) {
	c.report.Failed = append(c.report.Failed, CheckFailure{path, chunk, detail})
}

func (c *check) run(ctx context.Context, fingerprint, owner string) (err error) {
	if c.d, err = c.v.dataset(ctx, fingerprint, owner); err != nil {
		return err
	}
	c.compare()
	if err := c.present(ctx); err != nil {
		return err
	}
	if c.o.Full {
		return c.full(ctx)
	}
	return c.sample(ctx)
}

// compare holds the descriptor against the caller's own word.
func (c *check) compare() {
	if c.o.ManifestRoot != "" && c.o.ManifestRoot != c.d.ManifestRoot {
		c.fail("", -1, "the manifest root differs from the one given")
	}
	for _, f := range c.o.Files {
		if have, ok := c.d.files[f.Path]; !ok || have.File != f {
			c.fail(f.Path, -1, "size, digest or root differs from the one given")
		}
	}
	if n := len(c.o.Files); n > 0 && n != len(c.d.files) {
		c.fail("", -1, fmt.Sprintf("%d files are stored, %d were given", len(c.d.files), n))
	}
}

// present finds missing objects, and such of another length, from the listing.
func (c *check) present(ctx context.Context) error {
	sizes := make(map[string]int64)
	err := c.v.bucket.List(ctx, sealedDir(c.d.upload), func(i Info) error {
		sizes[i.Key] = i.Size
		return nil
	})
	if err != nil {
		return fmt.Errorf("listing the objects of %s: %w", c.d.Fingerprint, err)
	}
	for _, f := range c.d.Files {
		size, ok := sizes[c.d.files[f.Path].Object]
		if !ok {
			c.fail(f.Path, -1, "its object is missing")
		} else if size <= sealedSize(f.Size) {
			c.fail(f.Path, -1, "its object is too short")
		}
	}
	return nil
}

// note puts what cannot be trusted into the report and passes faults on.
func (c *check) note(path string, chunk int64, err error) error {
	if err == nil || !errors.Is(err, ErrCorrupt) {
		return err
	}
	if !c.failed(path, chunk) {
		c.fail(path, chunk, err.Error())
	}
	return nil
}

func (c *check) failed(path string, chunk int64) bool {
	return slices.ContainsFunc(c.report.Failed, func(f CheckFailure) bool { return f.Path == path && (f.Chunk == chunk || f.Chunk < 0) })
}

func (c *check) full(ctx context.Context) error {
	for _, f := range c.d.Files {
		if err := c.note(f.Path, -1, c.wholeFile(ctx, c.d.files[f.Path])); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) wholeFile(ctx context.Context, f sealedFile) error {
	o, err := c.v.object(ctx, c.d, f.Object, f.Prefix)
	if err != nil {
		return err
	}
	sums, leaves, err := o.digest(ctx, c.o.Beside.of(f.Path, o.size), f.extras()...)
	if err != nil {
		return err
	}
	if describe(f.Path, o.size, sums, leaves) != f.File || sums.extra() != f.SM3 {
		return fmt.Errorf("%w: content differs from the fingerprint", ErrCorrupt)
	}
	c.report.Bytes += o.size
	c.report.Chunks += int64(len(leaves))
	return c.v.checkTree(ctx, c.d.identity, &f, TreeBytes(leaves))
}

// sample reads random chunks, each as likely as any other of the dataset, and
// none twice.
func (c *check) sample(ctx context.Context) error {
	var total int64
	for _, f := range c.d.Files {
		total += leafCount(f.Size)
	}
	// A shuffle of all chunks that is never written out: chosen holds what
	// stands where something was drawn, so that none is drawn twice.
	chosen := make(map[int64]int64)
	at := func(i int64) int64 {
		if v, ok := chosen[i]; ok {
			return v
		}
		return i
	}
	for i := range min(max(1, int64(c.o.Chunks)), total) {
		n, err := c.random(total - i)
		if err != nil {
			return err
		}
		drawn := at(i + n)
		chosen[i+n] = at(i)
		f, chunk := c.locate(drawn)
		if err := c.note(f.Path, chunk, c.oneChunk(ctx, f, chunk)); err != nil {
			return err
		}
	}
	return nil
}

// random is below n; its bias is n in 2^64.
func (c *check) random(n int64) (int64, error) {
	r := c.o.Rand
	if r == nil {
		r = rand.Reader
	}
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, fmt.Errorf("choosing a chunk: %w", err)
	}
	return int64(binary.BigEndian.Uint64(b[:]) % uint64(n)), nil
}

func (c *check) locate(n int64) (sealedFile, int64) {
	for _, f := range c.d.Files {
		if leaves := leafCount(f.Size); n < leaves {
			return c.d.files[f.Path], n
		} else {
			n -= leaves
		}
	}
	return sealedFile{}, 0 // n is below the sum
}

// oneChunk reads one chunk and proves it against the file's root, reading a
// few tiles of the tree and nothing else.
func (c *check) oneChunk(ctx context.Context, f sealedFile, chunk int64) error {
	o, err := c.v.object(ctx, c.d, f.Object, f.Prefix)
	if err != nil {
		return err
	}
	if o.size != f.Size {
		return fmt.Errorf("%w: it has %d bytes, not %d", ErrCorrupt, o.size, f.Size)
	}
	data, err := o.Leaf(ctx, chunk)
	if err != nil {
		return err
	}
	proof, err := c.proof(ctx, f, chunk)
	if err != nil {
		return err
	}
	if root, err := parseHash(f.Root); err != nil || !proof.Verify(root, data) {
		return fmt.Errorf("%w: chunk %d does not belong to the root", ErrCorrupt, chunk)
	}
	c.report.Bytes += int64(len(data))
	c.report.Chunks++
	return nil
}

func (c *check) proof(ctx context.Context, f sealedFile, chunk int64) (Proof, error) {
	if f.Tree == "" {
		return Proof{chunk, leafCount(f.Size), nil}, nil
	}
	tree, err := c.v.object(ctx, c.d, f.Tree, f.TreePrefix)
	if err != nil {
		return Proof{}, err
	}
	return tree.Tree(ctx, leafCount(f.Size)).Proof(chunk)
}

const hashSize = int64(len(Hash{}))

func parseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%w: %q is no digest", ErrCorrupt, s)
	}
	return Hash(b), nil
}
