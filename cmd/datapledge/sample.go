package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/storage"
)

const datasetSampleHelp = `usage: datapledge dataset sample DIR|FILE… -leaves FILE [-fingerprint sha256:…] [-chunks N]

Spot check: reads random 1 MiB chunks of a dataset and compares them with the
digests that 'dataset fingerprint -leaves' wrote. It reads N chunks however
large the dataset is; -fingerprint makes sure that FILE is about that dataset.

EXAMPLE
  datapledge dataset fingerprint ./dataset -leaves leaves.json
  datapledge dataset sample ./dataset -leaves leaves.json -chunks 20

EXIT STATUS
  0 ok, 1 fault, 2 usage, 3 refused, 11 tampered: a chunk is not what it was
`

// leafFile has the digest of every chunk of a dataset.
type leafFile struct {
	V           int        `json:"v"`
	Fingerprint string     `json:"fingerprint"`
	Files       []leafList `json:"files"`
}

type leafList struct {
	storage.File
	Leaves []string `json:"leaves"`
}

func writeLeaves(ctx context.Context, path string, d dataset) error {
	out := leafFile{V: 1, Fingerprint: d.manifest.Fingerprint()}
	for _, f := range d.manifest.Files() {
		list := leafList{File: f, Leaves: []string{}}
		for i := int64(0); i*storage.LeafSize < f.Size; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			chunk, err := readChunk(d.path(f.Path), f.Size, i)
			if err != nil {
				return err
			}
			hash := leafDigest(chunk)
			list.Leaves = append(list.Leaves, hex.EncodeToString(hash[:]))
		}
		out.Files = append(out.Files, list)
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// leafDigest is the leaf of RFC 9162 §2.1.1.
func leafDigest(chunk []byte) storage.Hash {
	h := sha256.New()
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(chunk)
	return storage.Hash(h.Sum(nil))
}

func readChunk(path string, size, i int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	off := i * storage.LeafSize
	chunk := make([]byte, min(storage.LeafSize, size-off))
	n, err := f.ReadAt(chunk, off)
	if n == len(chunk) || err == io.EOF {
		return chunk[:n], nil // a shorter file shows as a changed chunk
	}
	return nil, err
}

// readLeaves reads the file and holds it to itself: the digests to the roots,
// the files to the fingerprint, and that to the one wanted.
func readLeaves(path, fingerprint string) (leafFile, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return leafFile{}, err
	}
	var l leafFile
	if err := json.Unmarshal(data, &l); err != nil || l.V != 1 {
		return l, usagef("%s is not what 'dataset fingerprint -leaves' writes", path)
	}
	var files []storage.File
	for _, f := range l.Files {
		root, err := storage.NewTree(f.hashes()).Root()
		if err != nil || hex.EncodeToString(root[:]) != f.Root || int64(len(f.Leaves)) != (f.Size+storage.LeafSize-1)/storage.LeafSize {
			return l, usagef("%s does not agree with itself about %s", path, f.Path)
		}
		files = append(files, f.File)
	}
	m, err := storage.NewManifest(files)
	if err != nil {
		return l, badDataset(err)
	}
	if m.Fingerprint() != l.Fingerprint {
		return l, usagef("%s does not agree with itself: its files have the fingerprint %s", path, m.Fingerprint())
	}
	if fingerprint != "" && fingerprint != l.Fingerprint {
		return l, usagef("%s is about %s", path, l.Fingerprint)
	}
	return l, nil
}

func (l leafList) hashes() []storage.Hash {
	out := make([]storage.Hash, len(l.Leaves))
	for i, text := range l.Leaves {
		if b, err := hex.DecodeString(text); err == nil && len(b) == len(out[i]) {
			out[i] = storage.Hash(b)
		}
	}
	return out
}

func (a *app) datasetSampleCommand() *cobra.Command {
	var leaves, fingerprint string
	var chunks int
	var c *cobra.Command
	c = a.command("sample DIR|FILE…", datasetSampleHelp, 1, -1, func(_ context.Context, args []string) error {
		if err := required(c, "leaves", leaves); err != nil {
			return err
		}
		if chunks < 1 {
			return usagef("-chunks: at least 1")
		}
		l, err := readLeaves(leaves, fingerprint)
		if err != nil {
			return err
		}
		_, folder, err := sizes(args)
		if err != nil {
			return err
		}
		d := dataset{root: args[0]}
		if !folder {
			d = filesAt(args)
		}
		return a.sample(d, l, chunks)
	})
	c.Flags().StringVar(&leaves, "leaves", "", "")
	c.Flags().StringVar(&fingerprint, "fingerprint", "", "")
	c.Flags().IntVar(&chunks, "chunks", 10, "")
	return c
}

// sampled is the JSON of a spot check.
type sampled struct {
	OK          bool     `json:"ok"`
	Fingerprint string   `json:"fingerprint"`
	Chunks      int      `json:"checked_chunks"`
	Of          int64    `json:"of_chunks"`
	Bytes       int64    `json:"checked_bytes"`
	Failed      []string `json:"failed"`
}

func (a *app) sample(d dataset, l leafFile, chunks int) error {
	out := sampled{Fingerprint: l.Fingerprint, Failed: []string{}}
	for _, f := range l.Files {
		out.Of += int64(len(f.Leaves))
	}
	for ; out.Of > 0 && out.Chunks < chunks; out.Chunks++ {
		n, err := rand.Int(rand.Reader, big.NewInt(out.Of))
		if err != nil {
			return err
		}
		if err := out.check(d, l, n.Int64()); err != nil {
			return err
		}
	}
	out.OK = len(out.Failed) == 0
	a.emit(out, func(w io.Writer) {
		fmt.Fprintf(w, "%d random chunks of %d read, %s: %d do not match\n", out.Chunks, out.Of, bytesText(out.Bytes), len(out.Failed))
		for _, f := range out.Failed {
			fmt.Fprintf(w, "  %s\n", f)
		}
	})
	if !out.OK {
		return &finding{exitTampered, "tampered: the content is not what it was"}
	}
	return nil
}

// check reads the n-th chunk of the whole dataset.
func (s *sampled) check(d dataset, l leafFile, n int64) error {
	for _, f := range l.Files {
		if n >= int64(len(f.Leaves)) {
			n -= int64(len(f.Leaves))
			continue
		}
		chunk, err := readChunk(d.path(f.Path), f.Size, n)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		s.Bytes += int64(len(chunk))
		if err != nil || leafDigest(chunk) != f.hashes()[n] {
			s.Failed = append(s.Failed, fmt.Sprintf("%s at byte %d", f.Path, n*storage.LeafSize))
		}
		return nil
	}
	return nil
}
