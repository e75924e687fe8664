namespace OrleansDaap.Storage.Migrations;

/// <summary>The database's schema is none that this server can work with; the start stops.</summary>
internal sealed class SchemaMismatchException(string message) : Exception(message);
