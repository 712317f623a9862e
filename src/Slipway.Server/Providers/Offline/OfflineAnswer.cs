namespace Slipway.Server.Providers.Offline;

/// <summary>What a caller may ask of the offline model beside the messages.</summary>
/// <param name="MaxTokens">The longest answer in tokens, at least 1; null sets no limit.</param>
internal sealed record OfflineSettings(int? MaxTokens = null);

/// <summary>One answer of the offline model.</summary>
/// <param name="Text">The answer, cut where the token limit fell.</param>
/// <param name="FinishReason"><c>stop</c>, or <c>length</c> when the token limit cut the answer.</param>
/// <param name="InputTokens">Tokens of all messages, by the offline model's own count.</param>
/// <param name="OutputTokens">Tokens of <paramref name="Text"/>, by the same count.</param>
internal sealed record OfflineAnswer(string Text, string FinishReason, int InputTokens, int OutputTokens);
