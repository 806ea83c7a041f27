package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// mostMemory is what reading a file may take from the system, whatever its
// size and its malice.
const mostMemory = 128 << 20

// TestMemoryOfLargeFiles reads each file in a process of its own, and looks at
// what that took: files that are read at will, large and hostile. Garbage is a
// third of it at most, and two processors collect it, on any machine.
func TestMemoryOfLargeFiles(t *testing.T) {
	for name, c := range map[string]struct {
		write func(w io.Writer) error
		want  string // the code that stops it; "": nothing does
	}{
		"small.parquet":   {func(w io.Writer) error { return manyRows(w, 40_000, 10_000) }, ""},
		"large.parquet":   {func(w io.Writer) error { return manyRows(w, 200_000, 50_000) }, ""},
		"bomb.parquet":    {func(w io.Writer) error { return written(w, zeroColumns(64, 1<<22)) }, Bomb},
		"strings.xlsx":    {func(w io.Writer) error { return manyStrings(w, 300_000) }, ""},
		"toomany.xlsx":    {func(w io.Writer) error { return manyStrings(w, stringCount+1) }, Unsupported},
		"dimensions.xlsx": {func(w io.Writer) error { return sparse(w, 10_000) }, Bomb},
		"bomb.xlsx":       {zipBomb, Bomb},
	} {
		bytes, code := readAlone(t, name, c.write)
		t.Logf("%s: %d MiB, %q", name, bytes>>20, code)
		if bytes > mostMemory || code != c.want {
			t.Errorf("%s: %d MiB, %q, want %q", name, bytes>>20, code, c.want)
		}
	}
}

func readAlone(t *testing.T, name string, write func(io.Writer) error) (bytes uint64, code string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	if err == nil {
		err = errors.Join(write(f), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0], "-test.run=^TestReadAlone$", "-test.v")
	c.Env = append(os.Environ(), "TABLE_READ="+path, "GOMAXPROCS=2", "GOGC=50")
	out, err := c.CombinedOutput()
	_, line, _ := strings.Cut(string(out), "peak ")
	line, _, _ = strings.Cut(line, "\n")
	peak, code, _ := strings.Cut(line, " ")
	if bytes, _ = strconv.ParseUint(peak, 10, 64); err != nil || bytes == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	return bytes, code
}

// TestReadAlone is what TestMemoryOfLargeFiles runs.
func TestReadAlone(t *testing.T) {
	path := os.Getenv("TABLE_READ")
	if path == "" {
		t.Skip("for TestMemoryOfLargeFiles")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	format := Parquet
	if strings.HasSuffix(path, "xlsx") {
		format = XLSX
	}
	_, err = count(Random(format, f, size, Options{}))
	var stopped *Error
	if !errors.Is(err, io.EOF) && !errors.As(err, &stopped) {
		t.Fatal(err)
	}
	code := ""
	if stopped != nil {
		code = stopped.Code
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("peak", m.Sys, code)
}

func written(w io.Writer, content []byte) error {
	_, err := w.Write(content)
	return err
}

func manyRows(w io.Writer, rows, group int) error {
	p := parquet.NewGenericWriter[pair](w, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(int64(group)))
	for i := 0; i < rows; i += 1000 {
		some := make([]pair, 1000)
		for j := range some {
			some[j] = pair{int64(i + j), fmt.Sprint("value ", (i+j)*7919)}
		}
		if _, err := p.Write(some); err != nil {
			return err
		}
	}
	return p.Close()
}

// packedBook writes a workbook with one sheet, and its shared strings.
func packedBook(w io.Writer, parts map[string]func(io.Writer) error) error {
	z := zip.NewWriter(w)
	fixed := map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="s" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>`,
	}
	for name, text := range fixed {
		parts[name] = func(w io.Writer) error { return written(w, []byte(text)) }
	}
	for name, write := range parts {
		part, err := z.Create(name)
		if err == nil {
			err = write(part)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}

// linesOf writes lines made of numbers between a beginning and an end.
func linesOf(begin, line, end string, n int) func(io.Writer) error {
	return func(w io.Writer) error {
		err := written(w, []byte(begin))
		for i := 0; i < n && err == nil; i++ {
			_, err = fmt.Fprintf(w, line, i)
		}
		return errors.Join(err, written(w, []byte(end)))
	}
}

func manyStrings(w io.Writer, n int) error {
	return packedBook(w, map[string]func(io.Writer) error{
		"xl/sharedStrings.xml": linesOf("<sst>", "<si><t>text %d</t></si>", "</sst>", n),
		"xl/worksheets/s.xml":  linesOf("<worksheet><sheetData>", `<row><c t="s"><v>%d</v></c></row>`, "</sheetData></worksheet>", 1000),
	})
}

// sparse has one cell in each row, in the last column that there is.
func sparse(w io.Writer, n int) error {
	return packedBook(w, map[string]func(io.Writer) error{
		"xl/worksheets/s.xml": linesOf(`<worksheet><dimension ref="A1:XFD1048576"/><sheetData>`, `<row><c r="XFD1"><v>%d</v></c></row>`, "</sheetData></worksheet>", n),
	})
}

func zipBomb(w io.Writer) error {
	blank := strings.Repeat(" ", 1<<20)
	return packedBook(w, map[string]func(io.Writer) error{
		"xl/worksheets/s.xml": linesOf("<worksheet><sheetData>", blank+"<row/>%.0d", "</sheetData></worksheet>", 300),
	})
}
