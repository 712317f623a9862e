using Slipway.Core.Access;

namespace Slipway.Core.Wire;

/// <summary>An object, without its content.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="What">What it is, as in <c>the golden set router_golden:v1</c>.</param>
/// <param name="ErasedAt">When its bytes were erased; null where they are there.</param>
/// <param name="ErasedBy">Who erased them.</param>
/// <param name="ErasedBecause">Why.</param>
public sealed record ObjectDocument(ContentHash Hash, string What, DateTimeOffset? ErasedAt, MemberName? ErasedBy, string? ErasedBecause);
