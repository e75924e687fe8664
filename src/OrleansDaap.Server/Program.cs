using OrleansDaap.Server;

return await DaapServer.RunAsync(args);
