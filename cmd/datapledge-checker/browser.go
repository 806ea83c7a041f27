//go:build js

// Command datapledge-checker is the offline checker of evidence packages, and
// SHA-256, for browsers. It runs in a web worker and leaves two functions there:
//
//	datapledgeHash(blob, progress)     → {"sha256": "<hex>"}
//	datapledgeCheck(blob, trust, lang) → {"verdict", "report", "text", "checks", "meaning"}
//
// The report is JSON, checks say what each check finds, by its name. Either answers {"error": "…"} when it cannot. A blob is read piece by piece
// where it lies; nothing is sent anywhere. progress is told the bytes read.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"syscall/js"

	"github.com/datapledge/datapledge/service/evidence"
)

func main() {
	js.Global().Set("datapledgeHash", js.FuncOf(hash))
	js.Global().Set("datapledgeCheck", js.FuncOf(check))
	js.Global().Call("datapledgeReady")
	select {}
}

func hash(_ js.Value, args []js.Value) any {
	b, h := newBlob(args[0]), sha256.New()
	for b.off < b.size {
		piece, err := b.next()
		if err != nil {
			return failed(err)
		}
		_, _ = h.Write(piece) // a hash takes all
		args[1].Invoke(b.off)
	}
	return map[string]any{"sha256": hex.EncodeToString(h.Sum(nil))}
}

func check(_ js.Value, args []js.Value) any {
	trust, err := evidence.ParseTrust([]byte(args[1].String()))
	if err != nil {
		return failed(err)
	}
	b := newBlob(args[0])
	report, err := evidence.Check(context.Background(), b, b.size, trust)
	if err != nil {
		return failed(err)
	}
	return told(report, args[2].String())
}

// told is a report in a language, "zh" or "en".
func told(report evidence.Report, lang string) any {
	var text, doc strings.Builder
	if err := firstOf(report.WriteTextIn(&text, lang), report.WriteJSON(&doc)); err != nil {
		return failed(err)
	}
	checks := map[string]any{}
	for _, c := range report.Checks {
		checks[c.Name] = report.Describe(c.Name).In(lang)
	}
	return map[string]any{"verdict": report.Verdict, "report": doc.String(), "text": text.String(), "checks": checks,
		"meaning": unbroken(report.Meaning().In(lang), lang)}
}

// unbroken joins the lines of a text that was laid out for terminals.
func unbroken(text, lang string) string {
	space := " "
	if lang == "zh" {
		space = ""
	}
	return strings.ReplaceAll(strings.TrimSpace(text), "\n", space)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func failed(err error) any { return map[string]any{"error": err.Error()} }

// piece is how many bytes are read of a file at once.
const piece = 1 << 20

// blob reads a JavaScript Blob, in a worker, where that can wait. It keeps the
// piece that was read last.
type blob struct {
	value, reader js.Value
	size, off     int64
	buffer        []byte
	at            int64 // where buffer begins
}

func newBlob(v js.Value) *blob {
	return &blob{value: v, reader: js.Global().Get("FileReaderSync").New(), size: int64(v.Get("size").Float()), at: -1}
}

// next is the next piece; it is valid until the one after it.
func (b *blob) next() ([]byte, error) {
	data, err := b.load(b.off)
	b.off += int64(len(data))
	return data, err
}

// ReadAt is io.ReaderAt.
func (b *blob) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) {
		at := off + int64(n)
		if at < 0 || at >= b.size {
			return n, io.EOF
		}
		data, err := b.load(at - at%piece)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], data[at%piece:])
	}
	return n, nil
}

// load reads the piece that begins at off. A file that was changed since it
// was chosen throws.
func (b *blob) load(off int64) (data []byte, err error) {
	if off == b.at {
		return b.buffer, nil
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("reading the file: %v", v)
		}
	}()
	end := min(off+piece, b.size)
	array := js.Global().Get("Uint8Array").New(b.reader.Call("readAsArrayBuffer", b.value.Call("slice", off, end)))
	if int64(array.Length()) != end-off {
		return nil, fmt.Errorf("reading the file: it became shorter")
	}
	if b.buffer == nil {
		b.buffer = make([]byte, 0, piece)
	}
	b.buffer = b.buffer[:end-off]
	js.CopyBytesToGo(b.buffer, array)
	b.at = off
	return b.buffer, nil
}
