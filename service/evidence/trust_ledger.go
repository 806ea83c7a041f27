//go:build !js

package evidence

import "github.com/datapledge/datapledge/service"

// TrustOf is the trust file of a solo ledger. That of a consortium's comes
// from TrustOfBlock.
func TrustOf(info service.LedgerInfo) Trust {
	return Trust{V: Version, Ledger: info.Kind, Channel: info.Channel, GenesisHash: info.GenesisHash, Operator: info.Operator}
}
