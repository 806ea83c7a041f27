package network

import "os"

// afresh empties the data of nodes that never joined the channel. They hold
// nothing; but one that was killed in its very first moment may have left a
// database that it cannot open again ("entry point missing or corrupted").
func (l layout) afresh() error {
	for _, m := range l.Members {
		peer := l.node("peer."+string(m.Role), "data")
		if err := unless(l.node("peer."+string(m.Role), "data", "ledgersData", "chains", "chains", l.Channel), peer); err != nil {
			return err
		}
		if m.Orderer == nil {
			continue
		}
		orderer := l.node("orderer."+string(m.Role), "data")
		if err := unless(l.node("orderer."+string(m.Role), "data", "chains", l.Channel), orderer); err != nil {
			return err
		}
	}
	return nil
}

func unless(joined, data string) error {
	if exists(joined) {
		return nil
	}
	return os.RemoveAll(data)
}
