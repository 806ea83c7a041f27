package imprint

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Paths below the address of a receiver. Requests are signed (SignRequest),
// those with GET too. Every answer is signed by what is in it: receipts.
const (
	// PathDeliveries takes a Request by POST and gives an Answer: one receipt
	// for each block that is whole by now, in their order.
	PathDeliveries = "/v1/deliveries"
	// PathReceipts gives receipts again: "?channel=C&first=N&last=M" those of
	// blocks N to M, 404 unless it has all; "?channel=C" that of the newest.
	PathReceipts = "/v1/receipts"
)

// Bounds of the protocol, in bytes. A request stays below Usual unless one
// proof alone is larger.
const (
	UsualRequest = 4 << 20
	MaxRequest   = 72 << 20 // the largest block that orderers take, 49 MiB, in base64
	maxAnswer    = 8 << 20
)

// ReceiptType is the typ header of a receipt.
const ReceiptType = "datapledge-imprint+jws"

// Request carries consecutive blocks, or parts of blocks, in order.
type Request struct {
	V          int        `json:"v"`
	Deliveries []Delivery `json:"deliveries"`
}

// Answer carries receipts: compact JWS, payload Statement.
type Answer struct {
	V        int      `json:"v"`
	Receipts []string `json:"receipts"`
}

// Problem is an answer that is a refusal (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Receipt is set on "urn:datapledge:forked": the institution's own for the
	// block that it holds instead.
	Receipt string `json:"receipt,omitempty"`
}

// ProblemForked is the type of the answer 409: another block of that number
// was delivered before.
const ProblemForked = "urn:datapledge:forked"

// Statement is what a receipt says: Party has the block, with all of its
// records. On a consortium Records counts the commands that the block's
// transactions carry out, as the consenters signed it (evidence.SignedBlock).
// It is signed as RFC 8785 JSON.
type Statement struct {
	Block      uint64 `json:"block"`
	Channel    string `json:"channel"`
	Hash       string `json:"hash"`
	Party      string `json:"party"`
	ReceivedAt string `json:"received_at"`
	Records    int    `json:"records"`
	V          int    `json:"v"`
}

// TimeLayout is the one spelling of times in receipts.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// SignReceipt makes an institution's receipt.
func SignReceipt(key Key, s Statement) (string, error) {
	data, err := pledge.CanonicalJSON(s)
	if err != nil {
		return "", err
	}
	return key.SignJWS(ReceiptType, data)
}

// parseStatement reads the payload of a receipt in its one spelling.
func parseStatement(payload []byte) (s Statement, err error) {
	if err := pledge.StrictUnmarshal(payload, &s); err != nil {
		return s, err
	}
	again, err := pledge.CanonicalJSON(s)
	if err != nil || !bytes.Equal(again, payload) {
		return s, errors.New("the receipt is not canonical JSON")
	}
	at, err := time.Parse(TimeLayout, s.ReceivedAt)
	switch {
	case s.V != Version:
		return s, fmt.Errorf("the receipt is of version %d", s.V)
	case err != nil || at.Format(TimeLayout) != s.ReceivedAt:
		return s, fmt.Errorf("the receipt's time is %.40q", s.ReceivedAt)
	case len(s.Hash) != 64 || strings.Trim(s.Hash, "0123456789abcdef") != "":
		return s, errors.New("the receipt's hash is no SHA-256")
	}
	return s, nil
}
