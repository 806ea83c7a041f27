package table

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless gives a beginning, and then one text over and over, size bytes in all.
type endless struct {
	begin, again string
	size         int64
	at           int
	live         uint64
	reads        int
	watch        bool // the live memory while it is read
}

func (e *endless) Read(p []byte) (int, error) {
	if e.size <= 0 {
		return 0, io.EOF
	}
	if e.reads++; e.watch && e.reads%8 == 0 {
		e.live = max(e.live, live())
	}
	n := 0
	for n < len(p) && e.size > 0 {
		source := e.begin
		if source == "" {
			source = e.again
		}
		c := copy(p[n:min(int64(len(p)), int64(n)+e.size)], source[e.at:])
		if n, e.at, e.size = n+c, e.at+c, e.size-int64(c); e.at == len(source) {
			e.begin, e.at = "", 0
		}
	}
	return n, nil
}

// count reads a stream without keeping anything.
func count(f *File, err error) (rows int64, last error) {
	if err != nil {
		return 0, err
	}
	t, err := f.Next(context.Background())
	for err == nil {
		var b *Batch
		if b, err = t.Next(context.Background()); err == nil {
			rows += int64(b.Rows)
		}
	}
	return rows, err
}

const gigabyte = 1 << 30

func TestHugeText(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		source endless
		code   string
		row    int64
	}{
		"a cell":           {CSV, endless{begin: "a,b\n1,2\n3,", again: "xxxxxxxxxxxxxxxx"}, CellTooLarge, 2},
		"a quoted cell":    {CSV, endless{begin: "a,b\n1,2\n3,\"", again: "xxxx\nxxx,xxxxx"}, CellTooLarge, 2},
		"a cell of quotes": {CSV, endless{begin: "a,b\n1,2\n3,\"", again: `""`}, CellTooLarge, 2},
		"a header":         {CSV, endless{again: "xxxxxxxxxxxxxxxx"}, CellTooLarge, 0},
		"columns":          {CSV, endless{again: "name,"}, TooManyColumns, 0},
		"an object":        {JSON, endless{begin: `{"a":1}{"a":"`, again: "xxxxxxxxxxxxxxxx"}, CellTooLarge, 2},
		"brackets":         {JSON, endless{begin: `{"a":1}{"a":`, again: "["}, Unsupported, 2},
		"members":          {JSON, endless{begin: `{"a":1}{"a":1`, again: `,"b":1`}, CellTooLarge, 2},
		"no object":        {JSON, endless{begin: `[{"a":1}, 1`, again: "0"}, Malformed, 2},
	} {
		c.source.size = gigabyte
		rows, err := count(Stream(c.format, &c.source, Options{}))
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code || e.Row != c.row || rows != max(0, c.row-1) {
			t.Errorf("%s: %d rows, %v", name, rows, err)
		}
		if c.source.size < gigabyte/2 {
			t.Errorf("%s: read on for %d bytes", name, gigabyte-c.source.size)
		}
	}
}

// A row with a million cells too many is one odd row.
func TestMillionCellsTooMany(t *testing.T) {
	for _, cell := range []string{"7,", "\"7\",", "7,\"8,", ","} {
		content := "a,b\n1,2\n" + strings.Repeat(cell, 1e6) + "\n3,4\n"
		if strings.Count(content, `"`)%2 > 0 {
			t.Fatal("quotes must be even")
		}
		got, err := stream(CSV, content, Options{Row: 64 << 20, Separator: ','})
		if err != nil || len(got[0].rows) != 3 || len(got[0].odd) != 1 || got[0].rows[2][1] != "4" {
			t.Errorf("%q: %v, %v", cell, got[0].odd, err)
		}
	}
}

func TestBrokenEncodings(t *testing.T) {
	rows := strings.Repeat("1,张三\n", 3)
	for name, c := range map[string]struct{ content, code string }{
		"utf-8":         {"\xef\xbb\xbfid,name\n" + rows + "4,\xff\n", BrokenEncoding},
		"half a letter": {"\xef\xbb\xbfid,name\n" + rows + "4,\xe5\xbc", Truncated},
		"nul":           {"id,name\n" + rows + "4,\x00\n", BrokenEncoding},
		"gb18030":       {"id,name\n1,\xd5\xc5\n2,\xd5\xc5\n3,\xd5\xc5\n4,\x81\xff\n", BrokenEncoding},
		"gb18030 half":  {"id,name\n1,\xd5\xc5\n2,\xd5\xc5\n3,\xd5\xc5\n4,\x81", Truncated},
		"gb18030 four":  {"id,name\n1,\xd5\xc5\n2,\xd5\xc5\n3,\xd5\xc5\n4,\xfe\x39\xfe\x39\n", BrokenEncoding},
		"utf-16":        {utf16le("id,name\n1,a\n2,b\n3,c\n4,") + "\x00\xd8,\x00", BrokenEncoding},
		"utf-16 odd":    {utf16le("id,name\n1,a\n2,b\n3,c\n4,") + "x", Truncated},
		"quotes":        {"id,name\n" + rows + "4,\"no end\n", Truncated},
	} {
		got, err := stream(CSV, c.content, Options{})
		var e *Error
		if !errors.As(err, &e) || e.Code != c.code || e.Row != 4 || len(got) != 1 || len(got[0].rows) != 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func utf16le(s string) string {
	out := []byte("\xff\xfe")
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return string(out)
}

// UTF-8 is decided by the first megabyte that is not ASCII; what breaks it
// after that is told with its row.
func TestEncodingBreaksLate(t *testing.T) {
	line := "1234567,张三丰\n"
	content := "id,name\n" + strings.Repeat(line, 2<<20/len(line)) + "8,\xff\xff\n"
	_, err := stream(CSV, content, Options{})
	wantError(t, err, BrokenEncoding, int64(2<<20/len(line)+1))
	late := "id,name\n" + strings.Repeat("1,a\n", 1<<19) + "2,\xd5\xc5\n"
	f, err := Stream(CSV, strings.NewReader(late), Options{})
	got, err := readAll(f, err)
	if err != nil || got[0].rows[1<<19][1] != "张" || f.Dialect().Encoding != "gb18030" {
		t.Error(err, f.Dialect())
	}
}

func live() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// What is live stays far below the size of the file.
func TestMemoryStaysFlat(t *testing.T) {
	for format, again := range map[Format]string{CSV: "1,2,\"three\n\",4.5,six seven eight\n", JSON: `{"a":1,"b":[1,2,{"c":3}],"d":"three"}` + "\n"} {
		before := live()
		e := &endless{again: again, size: 12 << 20, watch: true}
		if _, err := count(Stream(format, e, Options{})); e.size > 0 {
			t.Fatal(err)
		}
		if e.live == 0 || e.live > before+6<<20 {
			t.Errorf("%s: %d bytes are live, %d before", format, e.live, before)
		}
	}
}
