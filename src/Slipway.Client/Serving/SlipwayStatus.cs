namespace Slipway.Client;

/// <summary>Where a client stands; for a health check or a log line.</summary>
/// <param name="Following">How it follows the server.</param>
/// <param name="Ready">Whether it has anything to serve, be it from disk.</param>
/// <param name="Revision">The newest revision the server told of; 0 for none in this run.</param>
/// <param name="Applied">The newest revision that is served whole, with all packages.</param>
/// <param name="SilentFor">How long ago the server was heard; null for never in this run.</param>
/// <param name="LeaseExpired">Whether stable is served instead of candidates, because the server was not heard for too long.</param>
/// <param name="DroppedCalls">Calls whose reports were dropped since the start.</param>
/// <param name="DroppedOutcomes">Outcomes whose reports were dropped since the start.</param>
public sealed record SlipwayStatus(
    Following Following, bool Ready, long Revision, long Applied, TimeSpan? SilentFor, bool LeaseExpired, long DroppedCalls, long DroppedOutcomes);
