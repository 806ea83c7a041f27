package receiver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

func (s *store) configPath(number uint64) string {
	return filepath.Join(s.dir, "configs", fmt.Sprintf("%020d.block", number))
}

// keepConfig comes before the head: without it no later block can be judged.
func (s *store) keepConfig(b evidence.SignedBlock, raw []byte) error {
	if !b.Config {
		return nil
	}
	return s.put(s.configPath(b.Number), raw)
}

// followed judges the configurations up to the head once more, from the trusted
// block 0 on. One after it is left over from a crash, and will come again.
func (s *store) followed(trust evidence.Trust) (*evidence.SignedBlocks, error) {
	chain, err := evidence.FollowBlocks(trust)
	if err != nil {
		return nil, err
	}
	head, err := s.head()
	if errors.Is(err, service.ErrNotFound) {
		return chain, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.configPath(0)); err != nil {
		return nil, fmt.Errorf("%s holds blocks, but not the configuration in block 0 (%w): an earlier version took a consortium's blocks without proof. "+
			"Keep it as it is, begin an empty folder, and have the exchange deliver everything again (datapledge imprint resume -again)", s.dir, err)
	}
	list, err := filepath.Glob(filepath.Join(s.dir, "configs", "*.block"))
	if err != nil {
		return nil, err
	}
	for _, path := range list { // by name, and so by number
		if err := follow(chain, path, head.Height); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path, err)
		}
	}
	return chain, nil
}

func follow(chain *evidence.SignedBlocks, path string, until uint64) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b, err := chain.Check(raw)
	if err != nil || b.Number > until {
		return err
	}
	chain.Follow(b)
	return nil
}
