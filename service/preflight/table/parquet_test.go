package table

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
)

type item struct {
	Name  string  `parquet:"name"`
	Price float64 `parquet:"price"`
}

type everything struct {
	Text   string           `parquet:"text"`
	Dict   string           `parquet:"dict,dict"`
	Length string           `parquet:"length,delta"`
	Maybe  *string          `parquet:"maybe,optional"`
	Int    int64            `parquet:"int,delta"`
	Small  int32            `parquet:"small,dict"`
	Uint   uint64           `parquet:"uint"`
	Float  float32          `parquet:"float,split"`
	Double float64          `parquet:"double"`
	Bool   bool             `parquet:"bool"`
	Date   int32            `parquet:"date,date"`
	Stamp  time.Time        `parquet:"stamp,timestamp(microsecond)"`
	Clock  int64            `parquet:"clock,time(microsecond)"`
	Money  int64            `parquet:"money,decimal(2:18)"`
	UUID   [16]byte         `parquet:"uuid,uuid"`
	Old    deprecated.Int96 `parquet:"old"`
	Tags   []string         `parquet:"tags,list"`
	Bare   []int64          `parquet:"bare"`
	Items  []item           `parquet:"items,list"`
	Inner  struct {
		Deep *int64 `parquet:"deep,optional"`
	} `parquet:"inner"`
}

func someOf(n int) []everything {
	r := rand.New(rand.NewPCG(5, 6))
	all := make([]everything, n)
	for i := range all {
		e := &all[i]
		e.Text, e.Dict, e.Length = strings.Repeat("张x", r.IntN(9)), fmt.Sprint("d", i%7), strings.Repeat("l", r.IntN(20))
		if i%3 > 0 {
			e.Maybe, e.Inner.Deep = &e.Dict, &e.Int
		}
		e.Int, e.Small, e.Uint = int64(r.Uint64()), int32(r.IntN(50)-25), r.Uint64()
		e.Float, e.Double, e.Bool = r.Float32(), r.NormFloat64()*math.Pow10(r.IntN(50)-25), i%5 == 0
		e.Date, e.Stamp = int32(r.IntN(30000)), time.UnixMicro(r.Int64N(2e15)).UTC()
		e.Clock, e.Money, e.UUID = r.Int64N(86400e6), r.Int64N(1e6)-5e5, [16]byte{byte(i), 15: 9}
		e.Old = deprecated.Int96{uint32(i), 0, 2440588 + uint32(i)}
		for j := range i % 4 {
			e.Tags, e.Bare = append(e.Tags, fmt.Sprint(j, "\"")), append(e.Bare, int64(j))
			e.Items = append(e.Items, item{fmt.Sprint(j), float64(j) / 2})
		}
	}
	return all
}

func (e *everything) cells() []string {
	maybe, deep := "", ""
	if e.Maybe != nil {
		maybe, deep = *e.Maybe, fmt.Sprint(e.Int)
	}
	tags, bare, names, prices := []string{}, []string{}, []string{}, []string{}
	for j := range e.Tags {
		tags, bare = append(tags, fmt.Sprintf(`"%d\""`, j)), append(bare, fmt.Sprint(j))
		names, prices = append(names, fmt.Sprintf(`"%d"`, j)), append(prices, string(appendFloat(nil, float64(j)/2, 64)))
	}
	list := func(l []string) string { return "[" + strings.Join(l, ",") + "]" }
	sign := ""
	if e.Money < 0 {
		sign = "-"
	}
	money := fmt.Sprintf("%s%d.%02d", sign, max(e.Money, -e.Money)/100, max(e.Money, -e.Money)%100)
	return []string{e.Text, e.Dict, e.Length, maybe, fmt.Sprint(e.Int), fmt.Sprint(e.Small), fmt.Sprint(e.Uint),
		string(appendFloat(nil, float64(e.Float), 32)), string(appendFloat(nil, e.Double, 64)), fmt.Sprint(e.Bool),
		time.Unix(int64(e.Date)*86400, 0).UTC().Format(time.DateOnly), e.Stamp.Format(time.RFC3339Nano),
		time.UnixMicro(e.Clock).UTC().Format("15:04:05.999999"), strings.TrimSuffix(strings.TrimRight(money, "0"), "."),
		fmt.Sprintf("%02x000000-0000-0000-0000-000000000009", e.UUID[0]),
		time.Unix(int64(e.Old[2]-2440588)*86400, int64(e.Old[0])).UTC().Format(time.RFC3339Nano),
		list(tags), list(bare), list(names), list(prices), deep}
}

var everyName = "text,dict,length,maybe,int,small,uint,float,double,bool,date,stamp,clock,money,uuid,old,tags,bare,items.name,items.price,inner.deep"

func parquetOf[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParquetCells(t *testing.T) {
	rows := someOf(300)
	for name, codec := range map[string]compress.Codec{"none": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip,
		"brotli": &parquet.Brotli, "zstd": &parquet.Zstd, "lz4": &parquet.Lz4Raw} {
		for version := 1; version <= 2; version++ {
			content := parquetOf(t, rows, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(2000), parquet.MaxRowsPerRowGroup(170))
			got, err := random(Parquet, content, Options{})
			if err != nil || len(got[0].rows) != len(rows) || strings.Join(got[0].columns, ",") != everyName {
				t.Fatalf("%s v%d: %v", name, version, err)
			}
			for i := range rows {
				if fmt.Sprintf("%q", got[0].rows[i]) != fmt.Sprintf("%q", rows[i].cells()) {
					t.Fatalf("%s v%d: row %d is\n%q, want\n%q", name, version, i+1, got[0].rows[i], rows[i].cells())
				}
			}
			if c := got[0].classes; c[0][3] != Null || c[1][4]&Number == 0 || c[0][16]&Null != 0 {
				t.Error(c[0], c[1])
			}
		}
	}
}
