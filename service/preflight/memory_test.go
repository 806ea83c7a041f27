package preflight

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestFaultTellsNothing: a fault may quote what it fell over.
func TestFaultTellsNothing(t *testing.T) {
	err := func() (err error) {
		defer fault(&err)
		panic("13800138000")
	}()
	if !errors.Is(err, errFault) || strings.Contains(err.Error(), "138") {
		t.Error(err)
	}
}

// mostMemory is what a pass may take from the system, whatever the size.
const mostMemory = 128 << 20

// TestMemoryIsFlat runs a pass in a process of its own over one file of each
// format, small and large, and looks at what the process took. Garbage is a
// third of that at most, and two processors collect it, so that the machine and
// the race detector make no difference; with GOGC=100 and on two processors the
// most is 110 MiB, of hits.csv.
func TestMemoryIsFlat(t *testing.T) {
	for format, sizes := range map[string][2]int{"csv": {2, 12}, "jsonl": {2, 12}, "json": {2, 12}, "wide.csv": {2, 12}, "xlsx": {2, 12}, "hits.csv": {6, 8}} {
		small, large := taken(t, format, sizes[0]), taken(t, format, sizes[1])
		t.Logf("%s: %d and %d MiB for %d MiB", format, small>>20, large>>20, sizes)
		if large > mostMemory || large > small+48<<20 {
			t.Errorf("%s: %d and %d MiB for %d MiB", format, small>>20, large>>20, sizes)
		}
	}
}

func taken(t *testing.T, format string, size int) (bytes uint64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a."+format)
	write(t, file, format, size<<20)
	c := exec.Command(os.Args[0], "-test.run=^TestReadAlone$", "-test.v")
	c.Env = append(os.Environ(), "PREFLIGHT_READ="+file, "GOMAXPROCS=2", "GOGC=50")
	out, err := c.CombinedOutput()
	_, peak, _ := strings.Cut(string(out), "peak ")
	peak, _, _ = strings.Cut(peak, "\n")
	if bytes, _ = strconv.ParseUint(peak, 10, 64); err != nil || bytes == 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	return bytes
}

// TestReadAlone is what TestMemoryIsFlat runs.
func TestReadAlone(t *testing.T) {
	path := os.Getenv("PREFLIGHT_READ")
	if path == "" {
		t.Skip("for TestMemoryIsFlat")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := NewReader(t.Context(), Options{SketchKey: new([32]byte)})
	w := r.Beside(filepath.Base(path), 0)
	var peak uint64
	for buffer := make([]byte, 1<<20); ; peak = max(peak, system()) {
		n, err := f.Read(buffer)
		if _, bad := w.Write(buffer[:n]); bad != nil {
			t.Fatal(bad)
		}
		if err != nil {
			break
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, later := range r.Later() {
		size, _ := f.Seek(0, 2)
		r.named[later].Bytes = size
		if err := r.At(later, f); err != nil {
			t.Fatal(err)
		}
	}
	p, err := r.Report("sha256:")
	if all := p.Exclusion.All; err != nil || all.Stopped > 0 || all.Rows < 5 {
		t.Fatalf("%+v, %v", all, err)
	}
	fmt.Println("peak", max(peak, system()))
}

// system is what the program has of the system: it does not shrink at once.
func system() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

func write(t *testing.T, name, format string, size int) {
	t.Helper()
	f := must(os.Create(name))(t)
	defer f.Close()
	switch format {
	case "xlsx":
		workbook(t, f, size)
	case "hits.csv":
		every(t, f, size)
	case "wide.csv":
		lines(t, f, wideRow("n"), wideRow("13800138000 v"), size)
	case "csv":
		lines(t, f, "id,phone,note\n", "%d,138%08[1]d,\"some, %[1]d words\n of text\"\n", size)
	case "jsonl":
		lines(t, f, "", `{"id":%d,"phone":"138%08[1]d","list":[1,2,{"a":%[1]d}]}`+"\n", size)
	case "json":
		lines(t, f, "[", `{"id":%d,"phone":"138%08[1]d","list":[1,2,{"a":%[1]d}]},`+"\n", size)
		must(f.WriteString(`{"id":1}]`))(t)
	}
}

func wideRow(begin string) string {
	var b strings.Builder
	for i := range 15000 {
		fmt.Fprintf(&b, "%s%d,", begin, i)
	}
	return b.String() + "end\n"
}

// every writes a table of the most columns, whose names speak of most rules and
// of which each holds values of all.
func every(t *testing.T, f *os.File, size int) {
	t.Helper()
	const name = "手机身份证护照银行卡邮箱固话车牌姓名住址微信生日宗教民族诊断指纹监护人残疾婚姻犯罪工资密码坐标"
	values := []string{"11010519491231002X", "911124198108030024", "4111 1111 1111 1111", "91350100M000100Y43", "1M8GDM9AXKP042788", "356938035643809", "13800138000", "0571-88888888",
		"a@b.com", "京A12345", "114.114.114.114", "00:1A:2B:3C:4D:5E", "39.904200;116.407400", "张伟", "浙江省杭州市西湖区文三路478号", "军字第12345678号", "E12345678", "H12345678", "C12345678", "d41d8cd98f00b204e9800998ecf8427e",
		"130102850211333", "2001-02-03", "123456789012", "138****8000", "92350100M000100Y43"}
	n := must(f.WriteString(wideRow(name)))(t)
	for i := 0; n < size; i++ {
		n += must(f.WriteString(strings.Repeat(values[i%len(values)]+",", 15000) + "end\n"))(t)
	}
}

func lines(t *testing.T, f interface{ WriteString(string) (int, error) }, head, line string, size int) {
	t.Helper()
	n := must(f.WriteString(head))(t)
	for i := 0; n < size; i++ {
		text := line
		if strings.Contains(line, "%d") {
			text = fmt.Sprintf(line, i)
		}
		n += must(f.WriteString(text))(t)
	}
}

// workbook writes a sheet of so many bytes before they are packed.
func workbook(t *testing.T, f *os.File, size int) {
	t.Helper()
	z := zip.NewWriter(f)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="s" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>`,
	} {
		must(must(z.Create(name))(t).Write([]byte(text)))(t)
	}
	part := must(z.Create("xl/worksheets/s.xml"))(t)
	texts := writer{part.Write}
	lines(t, texts, `<worksheet><sheetData><row><c t="str"><v>id</v></c><c t="str"><v>phone</v></c></row>`, `<row><c><v>%d</v></c><c t="str"><v>138%08[1]d</v></c></row>`+"\n", size)
	must(texts.WriteString(`</sheetData></worksheet>`))(t)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
}

type writer struct{ write func([]byte) (int, error) }

func (w writer) WriteString(s string) (int, error) { return w.write([]byte(s)) }
