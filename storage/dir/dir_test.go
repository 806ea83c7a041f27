package dir_test

import (
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
	"github.com/datapledge/datapledge/storage/storagetest"
)

func TestBucket(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket {
		b, err := dir.Open(t.TempDir(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		return b
	})
}
