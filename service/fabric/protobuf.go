package fabric

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
)

// Fabric's messages are of the older kind; these take them as they are.

func marshal(m protoadapt.MessageV1) ([]byte, error) {
	return proto.Marshal(protoadapt.MessageV2Of(m))
}

func unmarshal(raw []byte, m protoadapt.MessageV1) error {
	return proto.Unmarshal(raw, protoadapt.MessageV2Of(m))
}
