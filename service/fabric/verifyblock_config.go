package fabric

import (
	"errors"

	"github.com/hyperledger/fabric-protos-go/common"
)

// configInForce are the consenters that the last of the configuration
// blocks of the copy set.
func configInForce(configs [][]byte, channel string) (consenters, error) {
	if len(configs) == 0 {
		return consenters{}, errors.New("no configuration is kept")
	}
	var b common.Block
	if err := unmarshal(configs[len(configs)-1], &b); err != nil {
		return consenters{}, err
	}
	return readConfig(&b, channel)
}
