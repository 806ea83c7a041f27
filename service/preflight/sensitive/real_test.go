package sensitive

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
)

// The dataset that the demo ships is real and holds nothing about persons.
func TestRealDatasetIsClean(t *testing.T) {
	files, err := filepath.Glob("../../../cmd/datapledge/demo/data/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dataset: %v", err)
	}
	for _, file := range files {
		names, columns := readColumns(t, file)
		for _, r := range scan(names, columns...) {
			wantVerdict(t, r, Clean, "")
			if len(r.Hits) > 0 {
				t.Errorf("%s: column %s has hits %+v", file, r.Column, r.Hits)
			}
		}
	}
}

// One identity number in it is found, so that the test above means something.
func TestRealDatasetWithOneIdentityNumber(t *testing.T) {
	names, columns := readColumns(t, "../../../cmd/datapledge/demo/data/birdstrikes-1990s.csv")
	columns[4][7000] = "FEDEX EXPRESS 11010519491231002X"
	r := scan(names, columns...)[4]
	wantVerdict(t, r, Sensitive, "identity-number")
	if h := r.of("identity-number"); h.Count != 1 || h.Rows[0] != 7001 {
		t.Errorf("got %+v", h)
	}
}

func readColumns(t *testing.T, file string) ([]string, [][]string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 1000 {
		t.Fatalf("%s: %d rows, %v", file, len(rows), err)
	}
	columns := make([][]string, len(rows[0]))
	for _, row := range rows[1:] {
		for i, v := range row {
			columns[i] = append(columns[i], v)
		}
	}
	return rows[0], columns
}
