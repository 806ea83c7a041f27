package storage

import (
	"encoding/hex"
	"hash"
	"io"
	"strings"
	"sync"

	"github.com/emmansun/gmsm/sm3"
)

// Extra is a digest that is computed besides SHA-256, in the same pass.
type Extra uint8

// SM3 国密 is GB/T 32905-2016 (ISO/IEC 10118-3). It stands beside SHA-256 for
// whoever asks for it by regulation; storage itself goes by SHA-256 alone.
const SM3 Extra = 1

const sm3Tag = "sm3:"

// SM3File is a file's SM3, 64 lowercase hex digits.
type SM3File struct {
	Path string `json:"path"`
	SM3  string `json:"sm3"`
}

// SM3List has the files of a manifest in its order; nil: SM3 was not asked for.
type SM3List []SM3File

// String is the SM3 manifest: a line "<SM3>  <path>\n" for each file, which is
// what `openssl dgst -sm3 -r` prints, with two spaces for its " *". Empty for nil.
func (l SM3List) String() string {
	var b strings.Builder
	for _, f := range l {
		b.WriteString(f.SM3 + "  " + f.Path + "\n")
	}
	return b.String()
}

// Fingerprint is "sm3:" and the hex SM3 of the text; empty for nil.
func (l SM3List) Fingerprint() string {
	if len(l) == 0 {
		return ""
	}
	sum := sm3.Sum([]byte(l.String()))
	return sm3Tag + hex.EncodeToString(sum[:])
}

// digests of a file's bytes, put in in order. SM3 is some four times slower
// than SHA-256 and runs beside it.
type digests struct {
	whole  hash.Hash
	sm3    hash.Hash // nil: not wanted
	beside io.Writer // nil: nobody reads along
}

func newDigests(whole hash.Hash, extras []Extra) digests {
	d := digests{whole: whole}
	for _, e := range extras {
		if e == SM3 {
			d.sm3 = sm3.New()
		}
	}
	return d
}

// write returns when all have read b: it may then be used again.
func (d digests) write(b []byte) {
	var others sync.WaitGroup
	if d.sm3 != nil {
		others.Go(func() { _, _ = d.sm3.Write(b) })
	}
	if d.beside != nil {
		others.Go(func() { _, _ = d.beside.Write(b) })
	}
	_, _ = d.whole.Write(b)
	others.Wait()
}

// extra is the hex SM3, empty when it was not wanted.
func (d digests) extra() string {
	if d.sm3 == nil {
		return ""
	}
	return hex.EncodeToString(d.sm3.Sum(nil))
}

// sm3Of takes the list from a descriptor: all files have one or none has.
func sm3Of(files []sealedFile, order []File) (SM3List, bool) {
	sums := make(map[string]string, len(files))
	for _, f := range files {
		if f.SM3 != "" {
			sums[f.Path] = f.SM3
		}
	}
	return listSM3(order, sums)
}

func listSM3(order []File, sums map[string]string) (SM3List, bool) {
	if len(sums) == 0 {
		return nil, true
	}
	list := make(SM3List, len(order))
	for i, f := range order {
		list[i] = SM3File{f.Path, sums[f.Path]}
		if !isHexDigest(list[i].SM3) {
			return nil, false
		}
	}
	return list, true
}
