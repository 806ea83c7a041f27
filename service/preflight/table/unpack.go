package table

import (
	"bytes"
	"compress/gzip"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// Codecs of Parquet.
const (
	uncompressed = 0
	codecSnappy  = 1
	codecGzip    = 2
	codecBrotli  = 4
	codecZstd    = 6
	codecLZ4     = 7
)

// unpackers unpack pages one after the other.
type unpackers struct{ zstd *zstd.Decoder }

// unpack fills dst, to the last byte and no further, whatever src claims. A
// library that panics at what it is given says that as an error.
func (u *unpackers) unpack(codec int64, dst, src []byte) (err error) {
	full := false
	defer func() {
		if recover() != nil || err == nil && !full {
			err = failure(Malformed, "a page does not unpack to the size it has")
		}
	}()
	switch codec {
	case uncompressed:
		full = copy(dst, src) == len(dst) && len(src) == len(dst)
	case codecSnappy:
		full = unpackSnappy(dst, src)
	case codecLZ4:
		n, err := lz4.UncompressBlock(src, dst)
		full = err == nil && n == len(dst)
	default:
		full, err = u.stream(codec, dst, src)
	}
	return err
}

// unpackSnappy looks at the length claimed before the library makes room for it.
func unpackSnappy(dst, src []byte) bool {
	if n, err := snappy.DecodedLen(src); err != nil || n != len(dst) {
		return false
	}
	_, err := snappy.Decode(dst, src)
	return err == nil
}

// stream unpacks with a reader, and says whether that ends where dst does.
func (u *unpackers) stream(codec int64, dst, src []byte) (full bool, err error) {
	r, err := u.open(codec, src)
	if err != nil {
		return false, err
	}
	if _, err := io.ReadFull(r, dst); err != nil {
		return false, nil
	}
	n, _ := r.Read(make([]byte, 1))
	return n == 0, nil
}

func (u *unpackers) open(codec int64, src []byte) (r io.Reader, err error) {
	switch codec {
	case codecGzip:
		r, err = gzip.NewReader(bytes.NewReader(src))
	case codecBrotli:
		r = brotli.NewReader(bytes.NewReader(src))
	case codecZstd:
		r, err = u.openZstd(src)
	default:
		return nil, failure(Unsupported, "pages packed with codec %d of Parquet", codec)
	}
	if err != nil {
		return nil, failure(Malformed, "a page that is not packed as it says")
	}
	return r, nil
}

func (u *unpackers) openZstd(src []byte) (r io.Reader, err error) {
	if u.zstd == nil {
		u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(pageMost))
	}
	if err == nil {
		err = u.zstd.Reset(bytes.NewReader(src))
	}
	return u.zstd, err
}

func (u *unpackers) close() {
	if u.zstd != nil {
		u.zstd.Close()
		u.zstd = nil
	}
}
