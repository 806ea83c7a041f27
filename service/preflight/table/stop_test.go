package table

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

type stopping struct {
	io.Reader
	stop func()
	left int
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.left--; s.left == 0 {
		s.stop()
	}
	return s.Reader.Read(p)
}

func TestContextStopsReading(t *testing.T) {
	for format, again := range map[Format]string{CSV: "1,2\n", JSON: "{\"a\":1}\n"} {
		ctx, cancel := context.WithCancel(t.Context())
		f, err := Stream(format, &stopping{&endless{again: again, size: gigabyte}, cancel, 3}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		table, err := f.Next(ctx)
		for err == nil {
			_, err = table.Next(ctx)
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

type failing struct{ io.Reader }

var errDisk = errors.New("disk fault")

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err != nil {
		err = errDisk
	}
	return n, err
}

func TestFaultOfTheReaderStays(t *testing.T) {
	for format, content := range map[Format]string{CSV: "a,b\n1,2\n", JSON: `{"a":1}`} {
		if _, err := readAll(Stream(format, &failing{strings.NewReader(content)}, Options{})); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
