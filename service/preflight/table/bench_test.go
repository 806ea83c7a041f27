package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"
)

// people is a table of about size bytes, as companies have them; quoted and
// Chinese say how much of it is so.
func people(size int, quoted, chinese bool) []byte {
	r, b := rand.New(rand.NewPCG(1, 2)), new(bytes.Buffer)
	name, city := "name", "city name and street"
	if chinese {
		name, city = "张三李四", "上海市浦东新区世纪大道一百号二楼东座三室"
	}
	format := "%d,%s,%d,%s,2024-01-%02d,%d.%d,abc\n"
	if quoted {
		format = "%d,\"%s\",%d,\"%s\",\"2024-01-%02d\",%d.%d,\"abc\"\n"
	}
	b.WriteString("id,name,age,address,date,amount,code\n")
	for b.Len() < size {
		fmt.Fprintf(b, format, r.IntN(1e7), string([]rune(name)[:1+r.IntN(4)]), r.IntN(100),
			string([]rune(city)[:3+r.IntN(15)]), r.IntN(28)+1, r.IntN(997), r.IntN(100))
	}
	return b.Bytes()
}

// BenchmarkCSV reads the same bytes here and with encoding/csv, by turns, and
// reports the ratio of the best speeds: that of this package over that.
func BenchmarkCSV(b *testing.B) {
	for _, c := range []struct {
		name            string
		quoted, chinese bool
	}{{"plain", false, false}, {"quoted", true, false}, {"chinese", false, true}} {
		content := people(4<<20, c.quoted, c.chinese)
		b.Run(c.name, func(b *testing.B) { compare(b, content) })
	}
}

func compare(b *testing.B, content []byte) {
	ours, library := time.Hour, time.Hour
	for b.Loop() {
		ours = min(ours, timed(func() { drain(b, content) }))
		library = min(library, timed(func() { drainLibrary(content) }))
	}
	b.ReportMetric(float64(len(content))/1e6/ours.Seconds(), "MB/s")
	b.ReportMetric(library.Seconds()/ours.Seconds(), "x-encoding/csv")
}

func timed(do func()) time.Duration {
	begin := time.Now()
	do()
	return time.Since(begin)
}

func drain(b testing.TB, content []byte) {
	f, err := Stream(CSV, bytes.NewReader(content), Options{})
	if err != nil {
		b.Fatal(err)
	}
	t, err := f.Next(b.Context())
	for err == nil {
		_, err = t.Next(b.Context())
	}
	if err != io.EOF {
		b.Fatal(err)
	}
}

func drainLibrary(content []byte) {
	r := csv.NewReader(bytes.NewReader(content))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); err != nil {
			return
		}
	}
}
