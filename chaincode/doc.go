// Package chaincode runs the rules of package pledge as Hyperledger Fabric
// chaincode "datapledge". It decides nothing itself: it fetches what the
// rules read, hands them the commands, and stores what they wrote.
//
// Every member runs its own process with its own copy of the rules and of the
// genesis. Two members have to come to the same bytes, so nothing that Invoke
// reaches may depend on a clock or on what its peer has of another channel (but
// for one check each, which only refuses), on chance, on the order of a map or on the machine.
//
// # Functions
//
// The first argument of a call is the function.
//
//	genesis G        writes the first state: G is the genesis as JSON, equal to
//	                 the one that this member's process was started with
//	apply JWS…       applies 1 to pledge.MaxTxCommands commands of together at
//	                 most pledge.MaxTxBytes; answers pledge.MarshalResults
//	get KEY…         the raw records under the keys, a JSON array with null
//	                 where there is none; at most MaxKeys
//	record ID        one record (as_…, pl_…, or a party's USCC), indented
//	info             versions, channel, and digest of the genesis
//	checkpoint C     keeps a pledge.Checkpoint, RFC 8785 JSON, of the channel
//	                 that the genesis names; answers it as it is held
//	checkpoints [N]  the newest checkpoint, or the one that ends with block N
//
// The last two are for a channel of courts and regulators (imprint 印刻), which
// the same process serves under another name, and where genesis and apply are
// refused. Checkpoints leave no gap and are never changed. Each member reads
// the blocks at its own peer, with the deliver service, as Fabric lets no
// chaincode call qscc: a checkpoint of other blocks than those, or than those
// held, is refused with forked, and one of blocks that the peer does not have
// yet with not_found (ask again). A process that was not told of its peer
// endorses none.
//
// # Answers
//
// 200 is a result to endorse. 400 to 499 is a refusal: the message is
// {"code":…,"detail":…} with a code of package pledge, and nothing may be
// ordered. A lone command that the rules refuse is answered so, with its
// command_id; of several commands each has its own result, and the refused
// ones write nothing. 500 is a fault; what it was stands in the log of the
// process, under the transaction's id.
//
// A batch whose writes and answer would be larger than an orderer takes is
// refused as a whole with too_large: the client sends fewer commands at once.
// When a member's clock is more than five minutes from the transaction's time
// it refuses apply and genesis with stale; reads go on. A client that sees
// stale from one member only tells that member's operator to check the clock.
//
// # By hand
//
// With Fabric's peer command and a member's identity:
//
//	peer chaincode query -C pledge -n datapledge -c '{"Args":["info"]}'
//	peer chaincode query -C pledge -n datapledge -c '{"Args":["record","as_…"]}'
//
// A query asks one peer, which may be behind or lie; what counts before a
// court is verified from the blocks.
//
// # The process
//
// Command datapledge-chaincode serves it. Its log is JSON lines: "listening",
// "call refused" (with code, detail and transaction), "call failed" and "call
// panicked" (the cause, which nobody else is told), "ended". On SIGTERM it
// answers the calls under way and turns others away, so that clients go to
// another member. All members must run the same rules_version: otherwise
// their answers differ, and no transaction finds two endorsements.
package chaincode
