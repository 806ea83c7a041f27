package fabric

import (
	"bytes"
	"errors"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/service"
)

// Each block is given with the signatures that let others believe it, also one
// without commands, before and after a configuration.
func TestRawBlock(t *testing.T) {
	m, cast, _ := storied(t, 5)
	m.add([]byte{0}, m.configuration(m.simOrderer))
	raw, _ := m.apply(t, cast.Enroll(cast.Bank), "bad")
	m.add([]byte{0}, raw)
	lab := newLab(t, m)
	c, _ := running(t, labOptions(t), lab)
	reach(t, c, 6)
	for n, b := range m.blocks {
		got, err := c.rawBlock(t.Context(), uint64(n))
		if err != nil || !bytes.Equal(got, must(b)) {
			t.Errorf("block %d: got %d bytes, %v", n, len(got), err)
		}
	}
	if _, err := c.rawBlock(t.Context(), 7); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("got %v of a block that is not there", err)
	}
	unsigned := clone(m.blocks[3])
	unsigned.Metadata.Metadata[common.BlockMetadataIndex_SIGNATURES] = nil
	lab.set(func() { lab.blocks[3] = unsigned })
	if _, err := c.rawBlock(t.Context(), 3); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v of a block whose signatures a peer left out", err)
	}
}
