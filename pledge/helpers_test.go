package pledge_test

import (
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

func manyFiles(n int) []pledge.File {
	fs := make([]pledge.File, n)
	for i := range fs {
		fs[i] = file(fmt.Sprintf("%04d.csv", i), fmt.Sprint("content ", i), int64(i+1))
	}
	return fs
}
