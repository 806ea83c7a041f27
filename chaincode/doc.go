// Package chaincode runs the rules of package pledge as Hyperledger Fabric
// chaincode "datapledge". It decides nothing itself: it fetches what the
// rules read, hands them the commands, and stores what they wrote.
//
// Every member runs its own process with its own copy of the rules and of the
// genesis. Two members have to come to the same bytes, so nothing that Invoke
// reaches may depend on a clock (but for one check that only refuses), on
// chance, on the order of a map or on the machine.
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
//
// # Answers
//
// 200 is a result to endorse. 400 to 499 is a refusal: the message is
// {"code":…,"detail":…} with a code of package pledge, and nothing may be
// ordered. A lone command that the rules refuse is answered so, with its
// command_id; of several commands each has its own result, and the refused
// ones write nothing. 500 is a fault; what it was stands in the log of the
// process, under the transaction's id.
package chaincode
