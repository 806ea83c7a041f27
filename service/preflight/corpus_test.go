package preflight_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// corpusSize is about how many bytes of a table a benchmark reads.
const corpusSize = 12 << 20

// corpora are tables as companies have them: the shipped one over and over,
// orders with Chinese text, many measurements in a row, and two columns.
func corpora(t testing.TB) map[string][]byte {
	return map[string][]byte{"shipped": repeated(t), "orders": orders(), "wide": measurements(120), "narrow": measurements(1)}
}

func repeated(t testing.TB) []byte {
	text, err := os.ReadFile("../../cmd/datapledge/demo/data/birdstrikes-1990s.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, _ := bytes.Cut(text, []byte("\n"))
	return append(text, bytes.Repeat(rows, corpusSize/len(rows))...)
}

func orders() []byte {
	r, b := rand.New(rand.NewPCG(1, 2)), new(bytes.Buffer)
	cities := strings.Fields("杭州市 北京市 成都市锦江区 上海市浦东新区 广州市")
	goods := strings.Fields("食品 服装 待发货 warehouse-2 A4纸 Fresh Frozen")
	b.WriteString("order,date,city,goods,quantity,price,state,updated,note\n")
	for i := 0; b.Len() < corpusSize; i++ {
		fmt.Fprintf(b, "SO%08d,2024-%02d-%02d,%s,%s,%d,%d.%02d,done,2024-01-02 %02d:%02d:00,\n", i, r.IntN(12)+1, r.IntN(28)+1,
			cities[r.IntN(len(cities))], goods[r.IntN(len(goods))], r.IntN(100), r.IntN(5000), r.IntN(100), r.IntN(24), r.IntN(60))
	}
	return b.Bytes()
}

func measurements(columns int) []byte {
	r, b := rand.New(rand.NewPCG(3, 4)), new(bytes.Buffer)
	b.WriteString("id")
	for c := range columns {
		fmt.Fprintf(b, ",sensor_%d", c+1)
	}
	for i := 1; b.Len() < corpusSize; i++ {
		fmt.Fprintf(b, "\n%d", i)
		for range columns {
			fmt.Fprintf(b, ",%d.%d", r.IntN(200)-100, r.IntN(1000))
		}
	}
	b.WriteString("\n")
	return b.Bytes()
}
