package mem_test

import (
	"testing"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
	"github.com/datapledge/datapledge/storage/storagetest"
)

func TestBucket(t *testing.T) {
	storagetest.Run(t, func(*testing.T) storage.Bucket { return &mem.Bucket{} })
}
