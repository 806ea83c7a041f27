package storage

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
)

// An attempt at a file has a file key of its own. Under one file key no two
// contents may ever be sealed in the same place (their XOR would be out, and
// forgeries possible), so the content of each part is committed to before it
// is sealed, and a file that must start over does so as another attempt.
//
// uploads/<id>/<file>/<attempt>/claim      the file key, and the path
// uploads/<id>/<file>/<attempt>/void       this attempt was given up
// uploads/<id>/<file>/<attempt>/multipart  the bucket's id for the object
// uploads/<id>/<file>/<attempt>/p000001…   a commitment for each part
//
// uploads/<id>/<file>/folder is not of an attempt: see fits.
type attempt struct {
	path, dir, key string // dir of its records, key of its object
	number         int
	claimed        bool
	prefix         []byte
	payload        payload
	multipart      string
	records        map[int]bool // parts whose content is committed to
	parts          []Part       // durable ones, without a gap
	last           partRecord   // of the last durable one
	complete       bool
	lost           bool // the bucket has forgotten its parts
	folder         bool // files below this path were begun
}

const (
	partChunks = 128
	// PartSize is how many plaintext bytes a part has: writes resume there.
	PartSize   = partChunks * chunkSize
	sealedPart = partChunks * sealedChunk
	// maxParts is the limit of S3; it makes files of at most 80 GiB.
	maxParts    = 10_000
	maxAttempts = 1_000
)

// claimRecord never leaves a box: it holds the file key.
type claimRecord struct {
	V       int    `json:"v"`
	Path    string `json:"path"`
	Prefix  []byte `json:"prefix"`
	FileKey []byte `json:"file_key"`
}

// Format hides the file key.
func (claimRecord) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// partRecord commits to all content up to the end of a part: State is the
// SHA-256 of it, to be continued.
type partRecord struct {
	V     int    `json:"v"`
	Total int64  `json:"total"` // plaintext bytes up to here
	Final bool   `json:"final"`
	State []byte `json:"state"`
}

type multipartRecord struct {
	V  int    `json:"v"`
	ID string `json:"id"`
}

func (r partRecord) same(o partRecord) bool {
	return r.Total == o.Total && r.Final == o.Final && string(r.State) == string(o.State)
}

// digest continues the SHA-256 after this part.
func (r partRecord) digest() (hash.Hash, error) {
	h := sha256.New()
	if r.Total == 0 && r.State == nil {
		return h, nil
	}
	u, ok := h.(encoding.BinaryUnmarshaler)
	if !ok || u.UnmarshalBinary(r.State) != nil {
		return nil, fmt.Errorf("%w: running digest", ErrCorrupt)
	}
	return h, nil
}

func (r partRecord) sum() (string, error) {
	h, err := r.digest()
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (a *attempt) partKey(n int) string { return fmt.Sprintf("%sp%06d", a.dir, n) }

// partOff is where part n starts in the object.
func (a *attempt) partOff(n int) int64 {
	if n == 1 {
		return 0
	}
	return int64(len(a.prefix)) + int64(n-1)*sealedPart
}

func (a *attempt) status() (FileStatus, error) {
	s := FileStatus{Path: a.path, Offset: a.last.Total, Complete: a.complete}
	if !a.complete {
		return s, nil
	}
	var err error
	s.SHA256, err = a.last.sum()
	return s, err
}

// ready: every part is durable and nothing but Complete is missing.
func (a *attempt) ready() bool { return a.last.Final && !a.complete }

// attempt finds out how far a file has come.
func (v *Vault) attempt(ctx context.Context, u upload, path string) (*attempt, error) {
	name := v.keys.hideName(u.ID, path)
	var entries []string
	dir := uploadDir(u.ID) + name + "/"
	err := v.bucket.List(ctx, dir, func(i Info) error {
		entries = append(entries, strings.TrimPrefix(i.Key, dir))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading upload %s: %w", u.ID, err)
	}
	return v.resolve(ctx, u, name, path, entries)
}

// resolve reads the newest attempt among entries ("0001/claim" and the like);
// path may be empty when there is a claim to tell it.
func (v *Vault) resolve(ctx context.Context, u upload, name, path string, entries []string) (*attempt, error) {
	a := parseEntries(entries)
	void := a.number > 0 && !a.claimed
	if void || a.number == 0 {
		a = &attempt{number: a.number + 1, folder: a.folder}
	}
	a.path = path
	a.dir = fmt.Sprintf("%s%s/%04d/", uploadDir(u.ID), name, a.number)
	a.key = fmt.Sprintf("%s%s-%04d.age", sealedDir(u.ID), name, a.number)
	if !a.claimed {
		return a, nil
	}
	if err := v.readClaim(ctx, u, a); err != nil {
		return nil, err
	}
	return a, v.progress(ctx, a)
}

// parseEntries sorts out the newest attempt; a void one is not claimed.
func parseEntries(entries []string) *attempt {
	a := &attempt{}
	void := false
	folder := slices.Contains(entries, "folder")
	for _, e := range entries {
		number, record, _ := strings.Cut(e, "/")
		n, err := strconv.Atoi(number)
		if err != nil || n < a.number {
			continue
		}
		if n > a.number {
			a, void = &attempt{number: n, records: make(map[int]bool)}, false
		}
		switch {
		case record == "claim":
			a.claimed = true
		case record == "void":
			void = true
		case record == "multipart":
			a.multipart = "?"
		case strings.HasPrefix(record, "p"):
			if part, err := strconv.Atoi(record[1:]); err == nil {
				a.records[part] = true
			}
		}
	}
	a.claimed, a.folder = a.claimed && !void, folder
	return a
}

func (v *Vault) readClaim(ctx context.Context, u upload, a *attempt) error {
	var c claimRecord
	if err := v.getBox(ctx, a.dir+"claim", &c); err != nil {
		return err
	}
	if a.path == "" {
		a.path = c.Path
	}
	if c.Path != a.path || len(c.Prefix) < nonceSize || v.keys.hideName(u.ID, c.Path) != strings.Split(a.dir, "/")[2] {
		return fmt.Errorf("%w: claim of %q", ErrCorrupt, a.path)
	}
	return a.use(c)
}

func (a *attempt) use(c claimRecord) (err error) {
	a.claimed, a.prefix = true, c.Prefix
	a.payload, err = newPayload(c.FileKey, c.Prefix)
	return err
}

// claim starts an attempt: one of several racing requests gets it.
func (v *Vault) claim(ctx context.Context, u upload, a *attempt) error {
	if a.number > maxAttempts {
		return fmt.Errorf("%w: %d attempts at %q", ErrTooLarge, a.number, a.path)
	}
	to, err := ParseRecipient(u.identity.Recipient())
	if err != nil {
		return err
	}
	c := claimRecord{V: 1, Path: a.path}
	if c.Prefix, c.FileKey, err = newPrefix(to); err != nil {
		return err
	}
	err = v.putBox(ctx, a.dir+"claim", c)
	if errors.Is(err, ErrExist) {
		return fmt.Errorf("%q: %w", a.path, ErrBusy)
	}
	if err != nil {
		return err
	}
	return a.use(c)
}

// progress finds the durable parts: committed to, and in the bucket.
func (v *Vault) progress(ctx context.Context, a *attempt) error {
	known := 0
	for a.records[known+1] {
		known++
	}
	var last partRecord
	if known > 0 {
		if err := v.getBox(ctx, a.partKey(known), &last); err != nil {
			return err
		}
	}
	if last.Final {
		_, err := v.bucket.Stat(ctx, a.key)
		if err == nil {
			a.last, a.complete = last, true
			return nil
		}
		if !errors.Is(err, ErrNotExist) {
			return fmt.Errorf("reading %s: %w", a.key, err)
		}
	}
	if a.multipart == "" {
		return nil
	}
	if err := v.durable(ctx, a, known, last); err != nil || len(a.parts) == 0 || len(a.parts) == known {
		return err
	}
	return v.getBox(ctx, a.partKey(len(a.parts)), &a.last)
}

// durable asks the bucket for the parts it has of the known ones.
func (v *Vault) durable(ctx context.Context, a *attempt, known int, last partRecord) error {
	var m multipartRecord
	if err := v.getBox(ctx, a.dir+"multipart", &m); err != nil {
		return err
	}
	a.multipart = m.ID
	have, err := v.bucket.Parts(ctx, a.key, m.ID)
	if errors.Is(err, ErrNotExist) {
		a.lost = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the parts of %s: %w", a.key, err)
	}
	for _, p := range have {
		n := len(a.parts) + 1
		if n > known || p.N != n || p.Size != a.partLen(n, n == known, last) {
			break
		}
		p.Off = a.partOff(n)
		a.parts = append(a.parts, p)
	}
	if len(a.parts) == known {
		a.last = last
	}
	return nil
}

// partLen is the length in the object of part n of those up to last.
func (a *attempt) partLen(n int, isLast bool, last partRecord) int64 {
	size := int64(sealedPart)
	if isLast && last.Final {
		size = sealedSize(last.Total - int64(n-1)*PartSize)
	}
	if n == 1 {
		size += int64(len(a.prefix))
	}
	return size
}

// void gives an attempt up; what it stored is removed now or by Sweep.
func (v *Vault) void(ctx context.Context, a *attempt) error {
	err := v.withReserve(func() error { return v.bucket.Create(ctx, a.dir+"void", strings.NewReader("")) })
	if err != nil && !errors.Is(err, ErrExist) {
		return fmt.Errorf("giving up %q: %w", a.path, err)
	}
	if a.multipart != "" {
		err = v.bucket.Abort(ctx, a.key, a.multipart)
	}
	if err = errors.Join(err, v.bucket.Delete(ctx, a.key)); err != nil && !errors.Is(err, ErrExist) {
		return fmt.Errorf("removing %s: %w", a.key, err)
	}
	return v.setAside()
}
