// Package network is the consortium as data: consortium.json says who its
// members are, where their nodes listen and what they agreed on; everything
// else is rendered from it, and can be run as plain processes.
package network

import (
	"encoding/json"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Consortium is consortium.json, the only place where members, roles, hosts,
// ports and policies are written.
type Consortium struct {
	V         int       `json:"v"`
	Channel   string    `json:"channel"`
	Fabric    string    `json:"fabric"`
	Chaincode Chaincode `json:"chaincode"`
	Members   []Member  `json:"members"`
	Ordering  Ordering  `json:"ordering"`
	Policies  Policies  `json:"policies"`
	Imprint   *Imprint  `json:"imprint,omitempty"`
	Storage   Storage   `json:"storage"`
}

// Imprint 印刻 is a second channel, of courts, regulators and notaries among
// the members. It holds checkpoints of the first, so that whoever orders that
// one cannot give it another history unseen. The same orderers and chaincode
// processes serve both.
type Imprint struct {
	Channel   string        `json:"channel"`
	Chaincode string        `json:"chaincode"` // the definition's name there
	Members   []pledge.Role `json:"members"`
	Policies  Policies      `json:"policies"`
}

// Chaincode is the definition that the members commit on the channel.
type Chaincode struct {
	Name     string `json:"name"`
	Version  string `json:"version"`
	Sequence int    `json:"sequence"`
}

// Member 联盟成员 is an institution of the consortium: a party of the ledger,
// and an MSP of the channel.
type Member struct {
	Role    pledge.Role `json:"role"`
	Party   string      `json:"party"`
	Name    string      `json:"name"`
	MSP     string      `json:"msp"`
	Domain  string      `json:"domain"`
	Peer    Peer        `json:"peer"`
	Orderer *Orderer    `json:"orderer,omitempty"`
}

// Peer is a member's peer and the chaincode process beside it.
type Peer struct {
	Host       string `json:"host"`
	Port       int    `json:"port"`
	Operations int    `json:"operations"`
	Chaincode  int    `json:"chaincode"`
}

// Orderer is a member's consenter.
type Orderer struct {
	Host       string `json:"host"`
	Port       int    `json:"port"`
	Admin      int    `json:"admin"`
	Operations int    `json:"operations"`
}

// Ordering is how blocks are cut, and how long consenters wait for each other.
type Ordering struct {
	BatchTimeout            Duration `json:"batch_timeout"`
	MaxMessageCount         int      `json:"max_message_count"`
	PreferredMaxBytes       int      `json:"preferred_max_bytes"`
	AbsoluteMaxBytes        int      `json:"absolute_max_bytes"`
	RequestBatchMaxInterval Duration `json:"request_batch_max_interval"`
	RequestForwardTimeout   Duration `json:"request_forward_timeout"`
	RequestComplainTimeout  Duration `json:"request_complain_timeout"`
	LeaderHeartbeatTimeout  Duration `json:"leader_heartbeat_timeout"`
	ViewChangeTimeout       Duration `json:"view_change_timeout"`
}

// Policies are written in words: "2 members, one of them ipcenter or notary",
// "most members", "all members".
type Policies struct {
	Endorsement string `json:"endorsement"`
	Lifecycle   string `json:"lifecycle"`
}

// Storage is the S3 server of the custodian.
type Storage struct {
	Host   string `json:"host"`
	Port   int    `json:"port"`
	Bucket string `json:"bucket"`
	Region string `json:"region"`
}

// Duration is written as text: "200ms".
type Duration time.Duration

// UnmarshalJSON reads what time.ParseDuration does. (pledge.StrictUnmarshal
// knows no UnmarshalText.)
func (d *Duration) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	v, err := time.ParseDuration(text)
	*d = Duration(v)
	return err
}

// MarshalText writes what UnmarshalJSON reads.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }
