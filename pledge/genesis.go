package pledge

// Member 联盟成员 is a party that the ledger starts with: a member of the
// consortium, with its registrar's keys.
type Member struct {
	Party     string     `json:"party"`
	Name      string     `json:"name"`
	Roles     []Role     `json:"roles"`
	Keys      []KeyGrant `json:"keys"`
	Recipient string     `json:"recipient,omitempty"`
}

// Genesis is what a ledger starts from: its channel and its members. It
// comes from the network's configuration, never from a command.
type Genesis struct {
	V       int      `json:"v"`
	Channel string   `json:"channel"`
	Created string   `json:"created"`
	Members []Member `json:"members"`
}
